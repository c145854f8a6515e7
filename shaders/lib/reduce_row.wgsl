// reduce_row — the row that a lane works on, in every form of a reduction: ROWS rows a workgroup, workgroups counted along x and then y,
// since a grid of many rows is folded (`Emitter.reduction`). The last workgroups may lie beyond the rows; they must go along to the end.

fn reduce_row(group: vec3<u32>, groups: vec3<u32>, local: vec3<u32>) -> u32 {
  return (group.y * groups.x + group.x) * ROWS + local.y;
}
