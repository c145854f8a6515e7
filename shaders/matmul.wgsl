// matmul — C[z] (+)= scale · A[z] · B[z] + bias, for any strides, so that NN, NT and TN products are one kernel
//
// shapes   A (M,K), B (K,N), C (M,N); z counts the products of a batch as (outer, inner), inner < params.inner
// software one invocation owns 8×8 outputs in registers: no workgroup memory, no barrier
// gpu      a workgroup of WX×WY invocations owns (4·WY)×(4·WX) outputs, each invocation 4×4, through tiles of TILE_K in workgroup memory
// backward dA = dC·Bᵀ and dB = Aᵀ·dC are two more products of this kernel; d(bias) is column_sum
override WX: u32 = 8;
override WY: u32 = 8;
override TILE_K: u32 = 16;
override ACCUMULATE: bool = false;  // C += instead of C =
override BIAS: bool = false;
override A_BY_K: bool = true;       // neighbouring invocations load neighbouring k of A (its fast axis), else neighbouring rows
override B_BY_K: bool = false;      // likewise for B

struct Params {
  rows: u32, columns: u32, depth: u32, inner: u32,
  a_row: u32, a_depth: u32, a_outer: u32, a_inner: u32,
  b_depth: u32, b_column: u32, b_outer: u32, b_inner: u32,
  c_row: u32, c_outer: u32, c_inner: u32, scale: f32,
  a_start: u32, b_start: u32,
  b_group: u32,        // products that share one B (query heads of a key/value head)
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> c: array<f32>;

fn store(base: u32, row: u32, column: u32, value: f32) {
  if (row >= params.rows || column >= params.columns) { return; }
  let at = base + row * params.c_row + column;
  var result = value * params.scale;
  if (BIAS) { result += bias[column]; }
  if (ACCUMULATE) { result += c[at]; }
  c[at] = result;
}

fn store_row(base: u32, row: u32, column: u32, low: vec4f, high: vec4f) {
  if (row >= params.rows) { return; }
  store(base, row, column, low.x); store(base, row, column + 1u, low.y);
  store(base, row, column + 2u, low.z); store(base, row, column + 3u, low.w);
  store(base, row, column + 4u, high.x); store(base, row, column + 5u, high.y);
  store(base, row, column + 6u, high.z); store(base, row, column + 7u, high.w);
}

// Unrolled by hand: a loop over a local array costs a software adapter ten times as much as straight-line registers.
@compute @workgroup_size(WX, WY)
fn registers(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y * 8u;
  let column = id.x * 8u;
  if (row >= params.rows || column >= params.columns) { return; }
  let outer = id.z / params.inner;
  let inner = id.z % params.inner;
  let a_base = params.a_start + outer * params.a_outer + inner * params.a_inner;
  let b_base = params.b_start + outer * params.b_outer + (inner / params.b_group) * params.b_inner;
  // Rows and columns past the edge repeat the last one; their results are never stored.
  let last_row = params.rows - 1u;
  let last_column = params.columns - 1u;
  var a0 = a_base + row * params.a_row;
  var a1 = a_base + min(row + 1u, last_row) * params.a_row;
  var a2 = a_base + min(row + 2u, last_row) * params.a_row;
  var a3 = a_base + min(row + 3u, last_row) * params.a_row;
  var a4 = a_base + min(row + 4u, last_row) * params.a_row;
  var a5 = a_base + min(row + 5u, last_row) * params.a_row;
  var a6 = a_base + min(row + 6u, last_row) * params.a_row;
  var a7 = a_base + min(row + 7u, last_row) * params.a_row;
  var b0 = b_base + column * params.b_column;
  var b1 = b_base + min(column + 1u, last_column) * params.b_column;
  var b2 = b_base + min(column + 2u, last_column) * params.b_column;
  var b3 = b_base + min(column + 3u, last_column) * params.b_column;
  var b4 = b_base + min(column + 4u, last_column) * params.b_column;
  var b5 = b_base + min(column + 5u, last_column) * params.b_column;
  var b6 = b_base + min(column + 6u, last_column) * params.b_column;
  var b7 = b_base + min(column + 7u, last_column) * params.b_column;
  var l0 = vec4f(); var l1 = vec4f(); var l2 = vec4f(); var l3 = vec4f();
  var l4 = vec4f(); var l5 = vec4f(); var l6 = vec4f(); var l7 = vec4f();
  var h0 = vec4f(); var h1 = vec4f(); var h2 = vec4f(); var h3 = vec4f();
  var h4 = vec4f(); var h5 = vec4f(); var h6 = vec4f(); var h7 = vec4f();
  for (var k = 0u; k < params.depth; k++) {
    let low = vec4f(b[b0], b[b1], b[b2], b[b3]);
    let high = vec4f(b[b4], b[b5], b[b6], b[b7]);
    var x = a[a0]; l0 += x * low; h0 += x * high;
    x = a[a1]; l1 += x * low; h1 += x * high;
    x = a[a2]; l2 += x * low; h2 += x * high;
    x = a[a3]; l3 += x * low; h3 += x * high;
    x = a[a4]; l4 += x * low; h4 += x * high;
    x = a[a5]; l5 += x * low; h5 += x * high;
    x = a[a6]; l6 += x * low; h6 += x * high;
    x = a[a7]; l7 += x * low; h7 += x * high;
    a0 += params.a_depth; a1 += params.a_depth; a2 += params.a_depth; a3 += params.a_depth;
    a4 += params.a_depth; a5 += params.a_depth; a6 += params.a_depth; a7 += params.a_depth;
    b0 += params.b_depth; b1 += params.b_depth; b2 += params.b_depth; b3 += params.b_depth;
    b4 += params.b_depth; b5 += params.b_depth; b6 += params.b_depth; b7 += params.b_depth;
  }
  let base = outer * params.c_outer + inner * params.c_inner;
  store_row(base, row, column, l0, h0);
  store_row(base, row + 1u, column, l1, h1);
  store_row(base, row + 2u, column, l2, h2);
  store_row(base, row + 3u, column, l3, h3);
  store_row(base, row + 4u, column, l4, h4);
  store_row(base, row + 5u, column, l5, h5);
  store_row(base, row + 6u, column, l6, h6);
  store_row(base, row + 7u, column, l7, h7);
}

override A_TILE: u32 = TILE_K * 4 * WY;
override B_TILE: u32 = TILE_K * 4 * WX;
var<workgroup> a_tile: array<f32, A_TILE>;  // [TILE_K][4·WY]
var<workgroup> b_tile: array<f32, B_TILE>;  // [TILE_K][4·WX]

@compute @workgroup_size(WX, WY)
fn tiles(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let tile_rows = 4u * WY;
  let tile_columns = 4u * WX;
  let first_row = group.y * tile_rows;
  let first_column = group.x * tile_columns;
  let outer = group.z / params.inner;
  let inner = group.z % params.inner;
  let a_base = params.a_start + outer * params.a_outer + inner * params.a_inner;
  let b_base = params.b_start + outer * params.b_outer + (inner / params.b_group) * params.b_inner;
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f();
  for (var start = 0u; start < params.depth; start += TILE_K) {
    for (var i = index; i < A_TILE; i += WX * WY) {
      let k = select(i / tile_rows, i % TILE_K, A_BY_K);
      let r = select(i % tile_rows, i / TILE_K, A_BY_K);
      var value = 0.0;
      if (first_row + r < params.rows && start + k < params.depth) {
        value = a[a_base + (first_row + r) * params.a_row + (start + k) * params.a_depth];
      }
      a_tile[k * tile_rows + r] = value;
    }
    for (var i = index; i < B_TILE; i += WX * WY) {
      let k = select(i / tile_columns, i % TILE_K, B_BY_K);
      let r = select(i % tile_columns, i / TILE_K, B_BY_K);
      var value = 0.0;
      if (first_column + r < params.columns && start + k < params.depth) {
        value = b[b_base + (start + k) * params.b_depth + (first_column + r) * params.b_column];
      }
      b_tile[k * tile_columns + r] = value;
    }
    workgroupBarrier();
    for (var k = 0u; k < TILE_K; k++) {
      let at = k * tile_rows + local.y * 4u;
      let bt = k * tile_columns + local.x * 4u;
      let right = vec4f(b_tile[bt], b_tile[bt + 1u], b_tile[bt + 2u], b_tile[bt + 3u]);
      c0 += a_tile[at] * right;
      c1 += a_tile[at + 1u] * right;
      c2 += a_tile[at + 2u] * right;
      c3 += a_tile[at + 3u] * right;
    }
    workgroupBarrier();
  }
  let base = outer * params.c_outer + inner * params.c_inner;
  let row = first_row + local.y * 4u;
  let column = first_column + local.x * 4u;
  for (var j = 0u; j < 4u; j++) {
    store(base, row, column + j, c0[j]);
    store(base, row + 1u, column + j, c1[j]);
    store(base, row + 2u, column + j, c2[j]);
    store(base, row + 3u, column + j, c3[j]);
  }
}
