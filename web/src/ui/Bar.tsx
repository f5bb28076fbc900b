import style from './Bar.module.css'

/** From which part on something is called nearly full, and full. */
export const nearlyFull = 0.8
const full = 0.95

/** How much of something is in use, as a bar with its numbers. A calm one does not warn when it is full. */
export function Bar({ label, used, size, calm }: { label: string; used: number; size: number; calm?: boolean }) {
  const part = size > 0 ? Math.min(1, used / size) : 0
  const percent = part > 0 && part < 0.01 ? '<1' : part < 1 && part > 0.99 ? '>99' : String(Math.round(part * 100))
  const tone = calm || part < nearlyFull ? style.calm : part < full ? style.warn : style.bad
  return (
    <span className={style.bar} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={size} aria-valuenow={used} aria-valuetext={`${used} of ${size}, ${percent} %`}>
      <span className={style.track}><span className={`${style.fill} ${tone}`} style={{ width: `${part * 100}%` }} /></span>
      <span className={style.text}>{percent} %</span>
    </span>
  )
}
