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

/** The rack that a thing is or stands in, with the thing in it lit. It shows nothing of a rack that has no units. */
export function Elevation({ thing, rack: name }: { thing: ThingData; rack: string }) {
  const rack = useRead('/racks/{name}', { path: { name } })
  const navigate = useNavigate()
  if (!rack.data) return null
  const device = rack.data.devices.some(device => device.name === thing.name) ? { device: thing.name } : {}
  return (
    <aside className={style.elevation}>
      <Panel title={<span className="name">{name}</span>} actions={<Link to="/racks/$name" params={{ name }} search={device}>{device.device ? 'In the rack' : 'Front and rear'}</Link>}>
        <RackDrawing
          rack={rack.data} shown={thing.name} colour={device => kindColor(device.type)}
          onShow={device => void navigate({ to: '/things/$name', params: { name: device.name } })}
        />
      </Panel>
    </aside>
  )
}
