// cache_gather — the keys, or values, that each beam sees, out of a cache in which beams share what they have in common:
//                y[s,c,:] = cache[sources[s,c], c, :] where c < front + lengths[s], else 0
//
// shapes   cache, y (S,C,D); sources (S,C), the sample in whose row of the cache a key lies; lengths (S), tokens of each sample; `front` virtual keys
// threads  one invocation per element of y
// backward none: nothing is trained through a cache

struct Params { elements: u32, width: u32, keys: u32, front: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> cache: array<f32>;
@group(0) @binding(3) var<storage, read> sources: array<u32>;
@group(0) @binding(4) var<storage, read> lengths: array<u32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || at >= params.elements) { return; }
  let row = at / params.width;
  let key = row % params.keys;
  var value = 0.0;
  if (key < params.front + lengths[row / params.keys]) {
    value = cache[(sources[row] * params.keys + key) * params.width + at % params.width];
  }
  y[at] = value;
}
