import { Link, useNavigate } from '@tanstack/react-router'
import { useRead } from '@/api/read'
import { RackDrawing } from '@/pages/racks/RackDrawing'
import { Panel, kindColor } from '@/ui'
import type { ThingData } from './useThing'
import style from './thing.module.css'

/** Returns the rack that a thing is, or stands in. */
export function rackOf(thing: ThingData): string | undefined {
  return thing.type === 'rack' ? thing.name : thing.parents?.find(parent => parent.type === 'rack')?.name
}

// Brings the device that is lit into the middle of what is seen of the rack, without scrolling the page.
function centre(box: HTMLElement | null): void {
  const lit = box?.querySelector('[aria-pressed=true]')
  if (box && lit) box.scrollTop += lit.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 2
}

/** The rack that a thing is or stands in, with the thing in it lit. It shows nothing of a rack that has no units. */
export function Elevation({ thing, rack: name }: { thing: ThingData; rack: string }) {
  const rack = useRead('/racks/{name}', { path: { name } })
  const navigate = useNavigate()
  if (!rack.data) return null
  const device = rack.data.devices.find(({ name }) => name === thing.name)?.name
  return (
    <aside className={style.elevation}>
      <Panel title={<span className="name">{name}</span>} actions={<Link to="/racks/$name" params={{ name }} search={device ? { device } : {}}>{device ? 'In the rack' : 'Front and rear'}</Link>}>
        <div className={style.units} ref={centre}>
          <RackDrawing
            rack={rack.data} shown={thing.name} colour={device => kindColor(device.type)}
            onShow={device => void navigate({ to: '/things/$name', params: { name: device.name } })}
          />
        </div>
      </Panel>
    </aside>
  )
}
