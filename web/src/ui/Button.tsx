import { Button as AriaButton, type ButtonProps as AriaProps } from 'react-aria-components'
import style from './Button.module.css'

export interface ButtonProps extends AriaProps {
  /** What it is for: the one that is expected, one that destroys, one without a frame, or any other. */
  look?: 'primary' | 'danger' | 'plain' | 'normal'
  small?: boolean
}

/** A button. One that shows a picture alone has an aria-label. */
export function Button({ look = 'normal', small, className, ...props }: ButtonProps) {
  const classes = [style.button, style[look], small && style.small, className].filter(Boolean).join(' ')
  return <AriaButton {...props} className={classes} />
}
