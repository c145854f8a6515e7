// naive_matmul — the product as one reads it: one invocation an output, every operand loaded from memory
//
// Appended to the head of shaders/matmul.wgsl (constants, Params, bindings, store), so that it takes the place of that kernel in a dispatch
// and the two are timed side by side. A_BASE and B_BASE stand for that kernel's own expressions of where the matrices of product z begin.
@compute @workgroup_size(WX, WY)
fn naive(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.y >= params.rows || id.x >= params.columns) { return; }
  let outer = id.z / params.inner;
  let inner = id.z % params.inner;
  var at = A_BASE + id.y * params.a_row;
  var bt = B_BASE + id.x * params.b_column;
  var sum = 0.0;
  for (var k = 0u; k < params.depth; k++) {
    sum += a[at] * b[bt];
    at += params.a_depth;
    bt += params.b_depth;
  }
  store(outer * params.c_outer + inner * params.c_inner, id.y, id.x, sum);
}
