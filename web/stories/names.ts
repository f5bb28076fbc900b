/** Names that people, or programs that went wrong, have given to things. */
export const hostileNames = [
  '<script>alert(1)<script>',
  '"><img src=x onerror=alert(1)>',
  'right\u202eto\u202dleft',
  'שלום עולם',
  'n'.repeat(128),
  'a b  c',
  '..\\..\\passwd',
  '%2e%2e%2f?at=1#here',
  "it's {{7*7}} ${7*7} \\ `x`",
]
