// fused_linear — a linear layer and what goes with it: C = A·B + scale·U·V + bias, where U·V is the low-rank term of LoRA; then
//          PLAIN     y (+)= C
//          ACTIVATE  pre = C, y (+)= f(C)
//          SLOPE     y (+)= C·f′(pre), the backward pass through the function below the layer
//
// shapes   A (R,K), B (K,N), U (R,r) from u_start on, V (r,N), bias (N), y and pre (R,N); N the columns, r the rank
// gpu      as the tiles of matmul; the low-rank term is one more depth that the same tiles go through
// backward dx = dy·Bᵀ + du·A is this kernel with the frozen layer and A for B and V; what is trained: grouped_products
// libs     stored, which is B; activation_functions
// set by the host
const WX: u32 = 8;
const WY: u32 = 8;
const TILE_K: u32 = 16;
const ROW_BLOCKS: u32 = 1;       // blocks of 4 rows that an invocation owns, 1 or 2, WY blocks apart
const COLUMN_BLOCKS: u32 = 1;    // likewise of 4 columns, WX blocks apart
const ACCUMULATE: bool = false;
const BIAS: bool = false;
const LOW_RANK: bool = false;
const EPILOGUE: u32 = 0;         // PLAIN, ACTIVATE, SLOPE
const SAVE: bool = false;        // whether a backward pass wants what ACTIVATE computes f of
const B_BY_K: bool = false;      // neighbouring invocations load neighbouring k of B (its fast axis), else neighbouring columns

const PLAIN = 0u;
const ACTIVATE = 1u;
const SLOPE = 2u;
const BLOCK = 4u;

struct Params {
  rows: u32, columns: u32, depth: u32, rank: u32,
  b_depth: u32, b_column: u32,
  u_start: u32, v_rank: u32, v_column: u32, scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read> u: array<f32>;
@group(0) @binding(7) var<storage, read> v: array<f32>;
@group(0) @binding(8) var<storage, read_write> pre: array<f32>;

fn store(row: u32, column: u32, value: f32) {
  if (row >= params.rows || column >= params.columns) { return; }
  let at = row * params.columns + column;
  var result = value;
  if (BIAS) { result += bias[column]; }
  if (EPILOGUE == ACTIVATE) {
    if (SAVE) { pre[at] = result; }
    result = value_at(result);
  }
  if (EPILOGUE == SLOPE) { result = gradient_at(pre[at], result); }
  if (ACCUMULATE) { result += y[at]; }
  y[at] = result;
}

// As in matmul: vectors of four neighbouring rows of A, or columns of B.
const A_LINE = ROW_BLOCKS * WY + 1u;
const B_LINE = COLUMN_BLOCKS * WX + 1u;
var<workgroup> a_tile: array<vec4f, TILE_K * A_LINE>;
var<workgroup> b_tile: array<vec4f, TILE_K * B_LINE>;

// Rows past the edge repeat the last one, as their results are never stored; k past the edge is 0 on the left, and so counts for nothing.
fn left_at(low: bool, row: u32, k: u32) -> f32 {
  let real = min(row, params.rows - 1u);
  if (low) { return select(0.0, u[params.u_start + real * params.rank + min(k, params.rank - 1u)] * params.scale, k < params.rank); }
  return select(0.0, a[real * params.depth + min(k, params.depth - 1u)], k < params.depth);
}

fn right_at(low: bool, k: u32, column: u32) -> f32 {
  let real = min(column, params.columns - 1u);
  if (low) { return v[min(k, params.rank - 1u) * params.v_rank + real * params.v_column]; }
  return stored_at(min(k, params.depth - 1u) * params.b_depth + real * params.b_column);
}

// 4×4 outputs, a vector a row.
struct Block { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f }

fn multiply_add(block: ptr<function, Block>, left: vec4f, right: vec4f) {
  (*block).r0 += left.x * right;
  (*block).r1 += left.y * right;
  (*block).r2 += left.z * right;
  (*block).r3 += left.w * right;
}

fn store_block(row: u32, column: u32, block: Block) {
  for (var j = 0u; j < 4u; j++) {
    store(row, column + j, block.r0[j]);
    store(row + 1u, column + j, block.r1[j]);
    store(row + 2u, column + j, block.r2[j]);
    store(row + 3u, column + j, block.r3[j]);
  }
}

@compute @workgroup_size(WX, WY)
fn tiles(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let row_vectors = ROW_BLOCKS * WY;
  let column_vectors = COLUMN_BLOCKS * WX;
  let first_row = group.y * row_vectors * BLOCK;
  let first_column = group.x * column_vectors * BLOCK;
  var c00: Block;
  var c01: Block;
  var c10: Block;
  var c11: Block;
  for (var term = 0u; term < select(1u, 2u, LOW_RANK); term++) {
    let low = term == 1u;
    let depth = select(params.depth, params.rank, low);
    for (var start = 0u; start < depth; start += TILE_K) {
      for (var i = index; i < TILE_K * row_vectors; i += WX * WY) {
        let k = i % TILE_K;
        let vector = i / TILE_K;
        let row = first_row + vector * BLOCK;
        a_tile[k * A_LINE + vector] = vec4f(left_at(low, row, start + k), left_at(low, row + 1u, start + k), left_at(low, row + 2u, start + k), left_at(low, row + 3u, start + k));
      }
      for (var i = index; i < TILE_K * column_vectors; i += WX * WY) {
        let k = select(i / column_vectors, i % TILE_K, B_BY_K);
        let vector = select(i % column_vectors, i / TILE_K, B_BY_K);
        let column = first_column + vector * BLOCK;
        b_tile[k * B_LINE + vector] = vec4f(right_at(low, start + k, column), right_at(low, start + k, column + 1u), right_at(low, start + k, column + 2u), right_at(low, start + k, column + 3u));
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
  }
  let row = first_row + local.y * BLOCK;
  let column = first_column + local.x * BLOCK;
  let below = row + WY * BLOCK;
  let beside = column + WX * BLOCK;
  store_block(row, column, c00);
  if (COLUMN_BLOCKS == 2u) { store_block(row, beside, c01); }
  if (ROW_BLOCKS == 2u) { store_block(below, column, c10); }
  if (ROW_BLOCKS == 2u && COLUMN_BLOCKS == 2u) { store_block(below, beside, c11); }
}
