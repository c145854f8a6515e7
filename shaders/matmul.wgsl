// matmul — C[z] (+)= scale · A[z] · B[z] + bias, for any strides, so that NN, NT and TN products are one kernel
//
// shapes   A (M,K), B (K,N), C (M,N); z counts the products of a batch as (outer, inner), inner < params.inner
// software one invocation owns 8×8 outputs in registers: no workgroup memory, no barrier; where there are subgroups, matmul_quads multiplies
// gpu      a workgroup of WX×WY invocations goes through tiles of TILE_K in workgroup memory; an invocation owns one or two blocks of 4×4 outputs each way
// backward dA = dC·Bᵀ and dB = Aᵀ·dC are two more products of this kernel; d(bias) is column_sum
// libs     stored, which is B
// set by the host
const WX: u32 = 8;
const WY: u32 = 8;
const TILE_K: u32 = 16;
const ROW_BLOCKS: u32 = 1;       // blocks of 4 rows that an invocation owns, 1 or 2, WY blocks apart
const COLUMN_BLOCKS: u32 = 1;    // likewise of 4 columns, WX blocks apart
const ACCUMULATE: bool = false;  // C += instead of C =
const BIAS: bool = false;
const A_BY_K: bool = true;       // neighbouring invocations load neighbouring k of A (its fast axis), else neighbouring rows
const B_BY_K: bool = false;      // likewise for B

const BLOCK = 4u;

struct Params {
  rows: u32, columns: u32, depth: u32, inner: u32,
  a_row: u32, a_depth: u32, a_outer: u32, a_inner: u32,
  b_depth: u32, b_column: u32, b_outer: u32, b_inner: u32,
  c_row: u32, c_outer: u32, c_inner: u32, scale: f32,
  a_start: u32, b_start: u32, c_start: u32,
  bias_start: u32,     // the first column's bias
  b_group: u32,        // products that share one B (query heads of a key/value head)
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> c: array<f32>;

fn store(base: u32, row: u32, column: u32, value: f32) {
  if (row >= params.rows || column >= params.columns) { return; }
  let at = base + row * params.c_row + column;
  var result = value * params.scale;
  if (BIAS) { result += bias[params.bias_start + column]; }
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
    let low = vec4f(stored_at(b0), stored_at(b1), stored_at(b2), stored_at(b3));
    let high = vec4f(stored_at(b4), stored_at(b5), stored_at(b6), stored_at(b7));
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
  let base = params.c_start + outer * params.c_outer + inner * params.c_inner;
  store_row(base, row, column, l0, h0);
  store_row(base, row + 1u, column, l1, h1);
  store_row(base, row + 2u, column, l2, h2);
  store_row(base, row + 3u, column, l3, h3);
  store_row(base, row + 4u, column, l4, h4);
  store_row(base, row + 5u, column, l5, h5);
  store_row(base, row + 6u, column, l6, h6);
  store_row(base, row + 7u, column, l7, h7);
}

// Tiles hold vectors of four neighbouring rows of A, or columns of B, so that a multiply-add takes half a load from workgroup memory. One
// vector of padding a line keeps the invocations that fill a line of k from meeting in one bank.
const A_LINE = ROW_BLOCKS * WY + 1u;
const B_LINE = COLUMN_BLOCKS * WX + 1u;
var<workgroup> a_tile: array<vec4f, TILE_K * A_LINE>;
var<workgroup> b_tile: array<vec4f, TILE_K * B_LINE>;

// Rows past the edge repeat the last one, as their results are never stored; k past the edge is 0 in A, and so counts for nothing.
fn a_at(base: u32, row: u32, k: u32) -> f32 {
  let value = a[base + min(row, params.rows - 1u) * params.a_row + min(k, params.depth - 1u) * params.a_depth];
  return select(0.0, value, k < params.depth);
}

fn b_at(base: u32, k: u32, column: u32) -> f32 {
  return stored_at(base + min(k, params.depth - 1u) * params.b_depth + min(column, params.columns - 1u) * params.b_column);
}

// 4×4 outputs, a vector a row.
struct Block { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f }

fn multiply_add(block: ptr<function, Block>, left: vec4f, right: vec4f) {
  (*block).r0 += left.x * right;
  (*block).r1 += left.y * right;
  (*block).r2 += left.z * right;
  (*block).r3 += left.w * right;
}

fn store_block(base: u32, row: u32, column: u32, block: Block) {
  for (var j = 0u; j < 4u; j++) {
    store(base, row, column + j, block.r0[j]);
    store(base, row + 1u, column + j, block.r1[j]);
    store(base, row + 2u, column + j, block.r2[j]);
    store(base, row + 3u, column + j, block.r3[j]);
  }
}

@compute @workgroup_size(WX, WY)
fn tiles(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let row_vectors = ROW_BLOCKS * WY;
  let column_vectors = COLUMN_BLOCKS * WX;
  let first_row = group.y * row_vectors * BLOCK;
  let first_column = group.x * column_vectors * BLOCK;
  let outer = group.z / params.inner;
  let inner = group.z % params.inner;
  let a_base = params.a_start + outer * params.a_outer + inner * params.a_inner;
  let b_base = params.b_start + outer * params.b_outer + (inner / params.b_group) * params.b_inner;
  var c00: Block;
  var c01: Block;
  var c10: Block;
  var c11: Block;
  for (var start = 0u; start < params.depth; start += TILE_K) {
    for (var i = index; i < TILE_K * row_vectors; i += WX * WY) {
      let k = select(i / row_vectors, i % TILE_K, A_BY_K);
      let vector = select(i % row_vectors, i / TILE_K, A_BY_K);
      let row = first_row + vector * BLOCK;
      a_tile[k * A_LINE + vector] = vec4f(a_at(a_base, row, start + k), a_at(a_base, row + 1u, start + k), a_at(a_base, row + 2u, start + k), a_at(a_base, row + 3u, start + k));
    }
    for (var i = index; i < TILE_K * column_vectors; i += WX * WY) {
      let k = select(i / column_vectors, i % TILE_K, B_BY_K);
      let vector = select(i % column_vectors, i / TILE_K, B_BY_K);
      let column = first_column + vector * BLOCK;
      b_tile[k * B_LINE + vector] = vec4f(b_at(b_base, start + k, column), b_at(b_base, start + k, column + 1u), b_at(b_base, start + k, column + 2u), b_at(b_base, start + k, column + 3u));
    }
    workgroupBarrier();
    for (var k = 0u; k < TILE_K; k++) {
      let left = a_tile[k * A_LINE + local.y];
      let right = b_tile[k * B_LINE + local.x];
      multiply_add(&c00, left, right);
      if (COLUMN_BLOCKS == 2u) { multiply_add(&c01, left, b_tile[k * B_LINE + WX + local.x]); }
      if (ROW_BLOCKS == 2u) {
        let below = a_tile[k * A_LINE + WY + local.y];
        multiply_add(&c10, below, right);
        if (COLUMN_BLOCKS == 2u) { multiply_add(&c11, below, b_tile[k * B_LINE + WX + local.x]); }
      }
    }
    workgroupBarrier();
  }
  let base = params.c_start + outer * params.c_outer + inner * params.c_inner;
  let row = first_row + local.y * BLOCK;
  let column = first_column + local.x * BLOCK;
  let below = row + WY * BLOCK;
  let beside = column + WX * BLOCK;
  store_block(base, row, column, c00);
  if (COLUMN_BLOCKS == 2u) { store_block(base, row, beside, c01); }
  if (ROW_BLOCKS == 2u) { store_block(base, below, column, c10); }
  if (ROW_BLOCKS == 2u && COLUMN_BLOCKS == 2u) { store_block(base, below, beside, c11); }
}
