// rotary — rotates the pairs (i, i + d/2) of each head by the angle of the token's position
//          y_i = x_i·cos − x_{i+d/2}·sin,  y_{i+d/2} = x_{i+d/2}·cos + x_i·sin
//
// shapes   x, y (S,T,H·d); table (T, d/2, 2) holds cosine and sine, made on the host: the precision of a GPU's own is not guaranteed
// threads  one invocation per pair
// backward the inverse rotation of dy: the same with −sin
// source   Su et al. 2021, "RoFormer", in the half-split layout of Llama
// set by the host
const INVERSE: bool = false;
const ACCUMULATE: bool = false;

struct Params { pairs: u32, tokens: u32, width: u32, half_head: u32, row_stride: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> angles: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  let pair = id.y * params.row_stride + id.x;
  if (id.x >= params.row_stride || pair >= params.pairs) { return; }
  let pairs_per_row = params.width / 2u;
  let row = pair / pairs_per_row;
  let head = (pair % pairs_per_row) / params.half_head;
  let i = pair % params.half_head;
  let low = row * params.width + head * 2u * params.half_head + i;
  let high = low + params.half_head;
  let at = ((row % params.tokens) * params.half_head + i) * 2u;
  let cosine = angles[at];
  let sine = select(angles[at + 1u], -angles[at + 1u], INVERSE);
  var first = x[low] * cosine - x[high] * sine;
  var second = x[high] * cosine + x[low] * sine;
  if (ACCUMULATE) {
    first += y[low];
    second += y[high];
  }
  y[low] = first;
  y[high] = second;
}
