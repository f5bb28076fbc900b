import type { ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components'
import style from './Tabs.module.css'

export interface TabChoice {
  id: string
  text: ReactNode
}

/** Parts of a page, one at a time. Which one is shown belongs into the page's address. */
export function Tabs({ label, tabs, shown, onShow, children }: {
  label: string
  tabs: readonly TabChoice[]
  shown: string
  onShow: (id: string) => void
  children: ReactNode
}) {
  return (
    <AriaTabs selectedKey={shown} onSelectionChange={key => onShow(String(key))} className={style.tabs!}>
      <TabList aria-label={label} className={style.list!} items={tabs}>
        {tab => <Tab id={tab.id} className={style.tab!}>{tab.text}</Tab>}
      </TabList>
      <TabPanel id={shown} className={style.panel!}>{children}</TabPanel>
    </AriaTabs>
  )
}
