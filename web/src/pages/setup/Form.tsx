import type { ReactNode } from 'react'
import { Button } from '@/ui'
import style from './Setup.module.css'

/** The fields of a step, with the button that shows what they would make. */
export function Form({ children, ready, onPropose, done }: { children: ReactNode; ready: boolean; onPropose: () => void; done?: ReactNode }) {
  return (
    <form
      className={style.form}
      onSubmit={event => {
        event.preventDefault()
        if (ready) onPropose()
      }}
    >
      {done && <p className={style.done}>{done}</p>}
      {children}
      <div><Button look="primary" type="submit" isDisabled={!ready}>Preview</Button></div>
    </form>
  )
}

/** Returns what is wrong with the name of something new, if anything is. */
export function nameError(name: string): string | undefined {
  if (!name.trim()) return 'It needs a name.'
  return [...name].length > 128 ? `A name has at most 128 characters; this has ${[...name].length}.` : undefined
}

/** Lines to copy, such as a configuration. */
export function Lines({ label, text }: { label: string; text: string }) {
  return (
    <div className={style.lines}>
      {/* What scrolls can be scrolled by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre aria-label={label} role="region" tabIndex={0}>{text}</pre>
      <Button small onPress={() => void navigator.clipboard.writeText(text)}>Copy</Button>
    </div>
  )
}
