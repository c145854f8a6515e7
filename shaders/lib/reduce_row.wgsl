// reduce_row — the row that a lane works on, in every form of a reduction: ROWS rows a workgroup, workgroups counted along x and then y,
// since a grid of many rows is folded (`Emitter.reduction`). The last workgroups may lie beyond the rows; they must go along to the end.

// The lane in its row (x), and the row in its workgroup (y). Workgroups have one dimension, and the lanes of a row follow each other in it:
// nothing says how the invocations of a workgroup of two dimensions fall into subgroups.
fn reduce_local(invocation: u32) -> vec2<u32> {
  return vec2<u32>(invocation % LANES, invocation / LANES);
}

fn reduce_row(group: vec3<u32>, groups: vec3<u32>, local: vec2<u32>) -> u32 {
  return (group.y * groups.x + group.x) * ROWS + local.y;
}
