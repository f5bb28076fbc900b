import type { ReactNode } from 'react'
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import select from './Select.module.css'

export interface MenuChoice {
  id: string
  text: string
  isDisabled?: boolean
}

/** A button that opens a list of things to do. The trigger is a Button. */
export function Menu({ trigger, choices, onChoose }: { trigger: ReactNode; choices: readonly MenuChoice[]; onChoose: (id: string) => void }) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={select.popover!}>
        <AriaMenu items={choices} onAction={key => onChoose(String(key))} className={select.list!}>
          {choice => <MenuItem id={choice.id} isDisabled={choice.isDisabled ?? false} className={select.item!}>{choice.text}</MenuItem>}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  )
}
