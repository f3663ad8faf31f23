/** What decides where a hold, a statute, an erasure and a period meet. Data only. */

/** Shown before anything is removed or erased; docs/retention.md says the same. */
export const PRECEDENCE = `What decides, the first of these that speaks:
  1 hold      nothing that somebody holds goes
  2 statute   nothing under a WORM preset goes before its time
  3 erasure   what somebody must have erased goes
  4 preset    the rest stays for its period, and then goes`
