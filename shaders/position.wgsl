// position — y[s,t,:] = x[s,t,:] + position[offset + t,:] + segment[0,:]
//          COUNTED: position[offset + places[b,t],:] instead, and position[padding,:] for a token that is padding (RoBERTa)
//
// shapes   x, y, dy (S,T,D), position (P,D), segment (≥1,D), places (B,T), b = s mod B
// threads  forward: one invocation per element of y; positions, segments: one per element of the table's gradient
// backward dx = dy;  d(position)[p] = Σ_s dy[s, p − offset], COUNTED: over the tokens at p, and 0 at padding (nn.Embedding's padding_idx);
//          d(segment)[0] = Σ_s,t dy, other rows 0
// set by the host
const SEGMENTS: bool = false;
const COUNTED: bool = false;
const ACCUMULATE: bool = false;

const NO_PLACE = 0xffffffffu;

struct Params { elements: u32, width: u32, tokens: u32, samples: u32, offset: u32, row_stride: u32, padding: u32, places: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> position: array<f32>;
@group(0) @binding(4) var<storage, read> segment: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read> dy: array<f32>;
@group(0) @binding(7) var<storage, read_write> d_table: array<f32>;
@group(0) @binding(8) var<storage, read> places: array<u32>;

// The row of the position table that row s·T + t of x takes.
fn position_of(row: u32) -> u32 {
  if (!COUNTED) { return params.offset + row % params.tokens; }
  let place = places[row % params.places];
  return select(params.offset + place, params.padding, place == NO_PLACE);
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let channel = at % params.width;
  var value = x[at] + position[position_of(at / params.width) * params.width + channel];
  if (SEGMENTS) { value += segment[channel]; }
  y[at] = value;
}

@compute @workgroup_size(64)
fn positions(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let place = at / params.width;
  var gradient = 0.0;
  if (COUNTED) {
    if (place != params.padding) {
      for (var row = 0u; row < params.samples * params.tokens; row++) {
        if (position_of(row) == place) { gradient += dy[row * params.width + at % params.width]; }
      }
    }
  } else if (place >= params.offset && place - params.offset < params.tokens) {
    for (var sample = 0u; sample < params.samples; sample++) {
      gradient += dy[(sample * params.tokens + place - params.offset) * params.width + at % params.width];
    }
  }
  if (ACCUMULATE) { gradient += d_table[at]; }
  d_table[at] = gradient;
}

@compute @workgroup_size(64)
fn segments(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  var gradient = 0.0;
  if (at < params.width) {
    for (var row = 0u; row < params.samples * params.tokens; row++) { gradient += dy[row * params.width + at]; }
  }
  if (ACCUMULATE) { gradient += d_table[at]; }
  d_table[at] = gradient;
}
