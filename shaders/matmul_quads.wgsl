// matmul_quads — C[z] (+)= scale · A[z] · B[z] + bias, for any strides: the product of matmul.wgsl for software adapters with subgroups
//
// shapes   A (M,K), B (K,N), C (M,N); z counts the products of a batch as (outer, inner), inner < params.inner
// software four lanes share 16 rows of A, of which each loads a quarter, and own 16×8 outputs each. On such an adapter a load costs as much as
//          fifty multiply-adds, a value from a neighbour as much as ten; workgroup memory and barriers cost more than both
// backward as of matmul: two more products of this kernel
// libs     stored, which is B
const TILE_ROWS = 16u;
const TILE_COLUMNS = 32u;
const LANE_COLUMNS = 8u;
const QUADS = 2u;      // tiles of a workgroup

struct Params {
  rows: u32, columns: u32, depth: u32, products: u32,
  inner: u32, scale: f32,
  a_row: u32, a_depth: u32, a_outer: u32, a_inner: u32, a_start: u32, a_group: u32,
  b_depth: u32, b_column: u32, b_outer: u32, b_inner: u32, b_start: u32, b_group: u32,
  c_row: u32, c_column: u32, c_outer: u32, c_inner: u32, c_start: u32,
  bias_start: u32,     // the first column's bias
  accumulate: u32,     // 1: C += instead of C =
  biased: u32,         // 1: the bias of a column is added
  group_stride: u32,   // workgroups along x
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> c: array<f32>;

fn a_at(place: u32) -> f32 { return a[place]; }

// The values of a quad's four lanes.
fn of_quad(value: f32) -> vec4f {
  return vec4f(quadBroadcast(value, 0u), quadBroadcast(value, 1u), quadBroadcast(value, 2u), quadBroadcast(value, 3u));
}

// Unrolled by hand: a loop over a local array costs a software adapter ten times as much as straight-line registers. Nobody returns early, since
// every lane of a quad is asked for its values.
@compute @workgroup_size(8)
fn quads(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let lane = index % 4u;
  // Tiles are counted through all products, so that no more than one of the last workgroup is there for nothing: it lies below the last row.
  let tile = (group.y * params.group_stride + group.x) * QUADS + index / 4u;
  let across = (params.columns + TILE_COLUMNS - 1u) / TILE_COLUMNS;
  let tiles = (params.rows + TILE_ROWS - 1u) / TILE_ROWS * across;
  let product = min(tile / tiles, params.products - 1u);
  let place = tile - product * tiles;
  let row = place / across * TILE_ROWS;
  let column = place % across * TILE_COLUMNS + lane * LANE_COLUMNS;
  let outer = product / params.inner;
  let inner = product % params.inner;
  let a_base = params.a_start + outer * params.a_outer + inner / params.a_group * params.a_inner;
  let b_base = params.b_start + outer * params.b_outer + inner / params.b_group * params.b_inner;
  // Rows and columns past the edge repeat the last one.
  let last_row = params.rows - 1u;
  let last_column = params.columns - 1u;
  var a0 = a_base + min(row + lane, last_row) * params.a_row;
  var a1 = a_base + min(row + 4u + lane, last_row) * params.a_row;
  var a2 = a_base + min(row + 8u + lane, last_row) * params.a_row;
  var a3 = a_base + min(row + 12u + lane, last_row) * params.a_row;
  let n0 = min(column, last_column);
  let n1 = min(column + 1u, last_column);
  let n2 = min(column + 2u, last_column);
  let n3 = min(column + 3u, last_column);
  let n4 = min(column + 4u, last_column);
  let n5 = min(column + 5u, last_column);
  let n6 = min(column + 6u, last_column);
  let n7 = min(column + 7u, last_column);
  var b0 = b_base + n0 * params.b_column;
  var b1 = b_base + n1 * params.b_column;
  var b2 = b_base + n2 * params.b_column;
  var b3 = b_base + n3 * params.b_column;
  var b4 = b_base + n4 * params.b_column;
  var b5 = b_base + n5 * params.b_column;
  var b6 = b_base + n6 * params.b_column;
  var b7 = b_base + n7 * params.b_column;
  var l0 = vec4f(); var h0 = vec4f(); var l1 = vec4f(); var h1 = vec4f(); var l2 = vec4f(); var h2 = vec4f(); var l3 = vec4f(); var h3 = vec4f();
  var l4 = vec4f(); var h4 = vec4f(); var l5 = vec4f(); var h5 = vec4f(); var l6 = vec4f(); var h6 = vec4f(); var l7 = vec4f(); var h7 = vec4f();
  var l8 = vec4f(); var h8 = vec4f(); var l9 = vec4f(); var h9 = vec4f(); var l10 = vec4f(); var h10 = vec4f(); var l11 = vec4f(); var h11 = vec4f();
  var l12 = vec4f(); var h12 = vec4f(); var l13 = vec4f(); var h13 = vec4f(); var l14 = vec4f(); var h14 = vec4f(); var l15 = vec4f(); var h15 = vec4f();
  let a_depth = params.a_depth;
  let b_depth = params.b_depth;
  for (var k = 0u; k < params.depth; k++) {
    let low = vec4f(stored_at(b0), stored_at(b1), stored_at(b2), stored_at(b3));
    let high = vec4f(stored_at(b4), stored_at(b5), stored_at(b6), stored_at(b7));
    var x = of_quad(a_at(a0));
    l0 += x.x * low; h0 += x.x * high; l1 += x.y * low; h1 += x.y * high; l2 += x.z * low; h2 += x.z * high; l3 += x.w * low; h3 += x.w * high;
    x = of_quad(a_at(a1));
    l4 += x.x * low; h4 += x.x * high; l5 += x.y * low; h5 += x.y * high; l6 += x.z * low; h6 += x.z * high; l7 += x.w * low; h7 += x.w * high;
    x = of_quad(a_at(a2));
    l8 += x.x * low; h8 += x.x * high; l9 += x.y * low; h9 += x.y * high; l10 += x.z * low; h10 += x.z * high; l11 += x.w * low; h11 += x.w * high;
    x = of_quad(a_at(a3));
    l12 += x.x * low; h12 += x.x * high; l13 += x.y * low; h13 += x.y * high; l14 += x.z * low; h14 += x.z * high; l15 += x.w * low; h15 += x.w * high;
    a0 += a_depth; a1 += a_depth; a2 += a_depth; a3 += a_depth;
    b0 += b_depth; b1 += b_depth; b2 += b_depth; b3 += b_depth; b4 += b_depth; b5 += b_depth; b6 += b_depth; b7 += b_depth;
  }
  let base = params.c_start + outer * params.c_outer + inner * params.c_inner;
  let c0 = base + n0 * params.c_column;
  let c1 = base + n1 * params.c_column;
  let c2 = base + n2 * params.c_column;
  let c3 = base + n3 * params.c_column;
  let c4 = base + n4 * params.c_column;
  let c5 = base + n5 * params.c_column;
  let c6 = base + n6 * params.c_column;
  let c7 = base + n7 * params.c_column;
  var bias_low = vec4f();
  var bias_high = vec4f();
  if (params.biased == 1u) {
    let first = params.bias_start;
    bias_low = vec4f(bias[first + n0], bias[first + n1], bias[first + n2], bias[first + n3]);
    bias_high = vec4f(bias[first + n4], bias[first + n5], bias[first + n6], bias[first + n7]);
  }
  let accumulates = params.accumulate == 1u;
  let scale = params.scale;
  let c_row = params.c_row;
  // A lane past the last column stores nothing. One across it stores the last column several times, the same value: it adds before it stores.
  let rows = select(0u, params.rows, column <= last_column);
  var at = row * c_row;
  // The first row is stored, the others move up: in a straight line this would take longer to compile, and no less to run.
  for (var turn = row; turn < row + TILE_ROWS; turn++) {
    if (turn < rows) {
      var low = l0 * scale + bias_low;
      var high = h0 * scale + bias_high;
      if (accumulates) {
        low += vec4f(c[at + c0], c[at + c1], c[at + c2], c[at + c3]);
        high += vec4f(c[at + c4], c[at + c5], c[at + c6], c[at + c7]);
      }
      c[at + c0] = low.x; c[at + c1] = low.y; c[at + c2] = low.z; c[at + c3] = low.w;
      c[at + c4] = high.x; c[at + c5] = high.y; c[at + c6] = high.z; c[at + c7] = high.w;
    }
    at += c_row;
    l0 = l1; h0 = h1; l1 = l2; h1 = h2; l2 = l3; h2 = h3; l3 = l4; h3 = h4;
    l4 = l5; h4 = h5; l5 = l6; h5 = h6; l6 = l7; h6 = h7; l7 = l8; h7 = h8;
    l8 = l9; h8 = h9; l9 = l10; h9 = h10; l10 = l11; h10 = h11; l11 = l12; h11 = h12;
    l12 = l13; h12 = h13; l13 = l14; h13 = h14; l14 = l15; h14 = h15;
  }
}
