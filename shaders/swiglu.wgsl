// swiglu — y = silu(gate)·up, silu(g) = g·σ(g)
//
// shapes   gate, up, y and their gradients: the same
// threads  one invocation per four elements, a workgroup's worth apart
// backward d(up) = dy·silu(g);  d(gate) = dy·up·σ(g)·(1 + g·(1 − σ(g)))
// source   Shazeer 2020, "GLU Variants Improve Transformer"
// set by the host
const ACCUMULATE_GATE: bool = false;
const ACCUMULATE_UP: bool = false;

struct Params { elements: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> gate: array<f32>;
@group(0) @binding(3) var<storage, read> up: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_gate: array<f32>;
@group(0) @binding(7) var<storage, read_write> d_up: array<f32>;

// exp of a bounded argument: beyond ±80 σ is 0 or 1 in f32, and no infinity may be formed.
fn sigmoid(value: f32) -> f32 { return 1.0 / (1.0 + exp(clamp(-value, -80.0, 80.0))); }

@compute @workgroup_size(64)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = (group.y * params.row_stride + group.x) * 256u + lane;
  for (var i = 0u; i < 4u; i++) {
    let at = first + i * 64u;
    if (at < params.elements) { y[at] = gate[at] * sigmoid(gate[at]) * up[at]; }
  }
}

@compute @workgroup_size(64)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = (group.y * params.row_stride + group.x) * 256u + lane;
  for (var i = 0u; i < 4u; i++) {
    let at = first + i * 64u;
    if (at < params.elements) {
      let g = gate[at];
      let s = sigmoid(g);
      var of_up = dy[at] * g * s;
      var of_gate = dy[at] * up[at] * s * (1.0 + g * (1.0 - s));
      if (ACCUMULATE_UP) { of_up += d_up[at]; }
      if (ACCUMULATE_GATE) { of_gate += d_gate[at]; }
      d_up[at] = of_up;
      d_gate[at] = of_gate;
    }
  }
}
