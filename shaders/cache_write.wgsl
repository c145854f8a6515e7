// cache_write — puts rows into a key/value cache, from its front on: cache[s·spread, t, :] = x[s,t,:]
//               BEHIND: the one row of each sample behind what is there: cache[s, front + lengths[s] − 1, :] = x[s,0,:]
//
// shapes   x (S,R,D); cache (S·spread, C, D), C ≥ R; lengths (S), tokens of each sample with the one that is written; `front` virtual keys
// threads  one invocation per element of x
// backward none: nothing is trained through a cache
// set by the host
const BEHIND: bool = false;

struct Params { elements: u32, width: u32, rows: u32, keys: u32, spread: u32, front: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> lengths: array<u32>;
@group(0) @binding(4) var<storage, read_write> cache: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let row = at / params.width;
  let sample = row / params.rows;
  var key = row % params.rows;
  // A sample without a token has no place behind it; one past the end of the cache would be another sample's.
  if (BEHIND) { key = params.front + max(lengths[sample], 1u) - 1u; }
  if (key >= params.keys) { return; }
  cache[(sample * params.spread * params.keys + key) * params.width + at % params.width] = x[at];
}
