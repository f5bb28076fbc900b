import { Lock } from 'lucide-react'
import style from './NotForYou.module.css'

/** Says that somebody may not see something, and who could change that. */
export function NotForYou({ what }: { what: string }) {
  return (
    <p className={style.note}>
      <Lock aria-hidden />
      <span>You may not see {what}. It is for who may administer clusto; an administrator can give you the permission <code>admin</code>.</span>
    </p>
  )
}
