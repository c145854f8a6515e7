// prepend — puts the same virtual rows in front of every sample's tokens: y[s] = [v; x[s]]
//
// shapes   v (V,D), x (S,T,D), y (S,V+T,D)
// threads  forward, tokens: one invocation per element written; rows: one per element of v
// backward dx[s,t] = dy[s,V+t];  dv = Σ_s dy[s,0…V−1]
// set by the host
const ACCUMULATE: bool = false;

struct Params { elements: u32, width: u32, tokens: u32, virtual_tokens: u32, samples: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> target_gradient: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let stride = (params.virtual_tokens + params.tokens) * params.width;
  let front = params.virtual_tokens * params.width;
  let within = at % stride;
  if (within < front) {
    y[at] = v[within];
  } else {
    y[at] = x[(at / stride) * params.tokens * params.width + within - front];
  }
}

@compute @workgroup_size(64)
fn tokens(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let own = params.tokens * params.width;
  let front = params.virtual_tokens * params.width;
  var gradient = dy[(at / own) * (own + front) + front + at % own];
  if (ACCUMULATE) { gradient += target_gradient[at]; }
  target_gradient[at] = gradient;
}

@compute @workgroup_size(64)
fn rows(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let stride = (params.virtual_tokens + params.tokens) * params.width;
  var gradient = 0.0;
  for (var sample = 0u; sample < params.samples; sample++) { gradient += dy[sample * stride + at]; }
  if (ACCUMULATE) { gradient += target_gradient[at]; }
  target_gradient[at] = gradient;
}
