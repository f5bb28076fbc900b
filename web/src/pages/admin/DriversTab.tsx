import { Link } from '@tanstack/react-router'
import { useReadNow } from '@/api/read'
import { Badge, Button, Dialog, ErrorNote, Waiting, formatValue, kindColor } from '@/ui'
import { useShown } from './AdminPage'
import { Broken } from './Broken'
import { List } from './List'
import style from './Admin.module.css'

/** The drivers that are loaded, and those that could not be. */
export function DriversTab() {
  const drivers = useReadNow('/drivers', {})
  const [shown, show] = useShown()
  return (
    <div className={style.stack}>
      {drivers.isPending && <Waiting />}
      {drivers.isError && <ErrorNote error={drivers.error} />}
      <Broken files={drivers.data?.broken} />
      {drivers.data && (
        <List
          label="Drivers"
          rows={drivers.data.drivers}
          rowKey={driver => driver.name}
          textsOf={driver => [driver.name, driver.type, driver.base, driver.doc, driver.origin]}
          empty="There are no drivers."
          columns={[
            { head: 'Driver', cell: driver => <Button small look="plain" onPress={() => show(driver.name)}><span className="mono name">{driver.name}</span></Button> },
            { head: 'Type', cell: driver => <span style={{ color: kindColor(driver.type) }}>{driver.type}</span> },
            { head: 'Extends', cell: driver => <span className="mono">{driver.base}</span> },
            { head: 'What it is', cell: driver => <span className={style.clip}>{driver.doc}</span> },
            { head: 'From', cell: driver => <span className="name quiet">{driver.origin || 'built in'}</span> },
          ]}
        />
      )}
      {shown && <DriverDialog name={shown} onClose={() => show(undefined)} />}
    </div>
  )
}

function DriverDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const driver = useReadNow('/drivers/{name}', { path: { name } })
  const shown = driver.data
  return (
    <Dialog title={<span className="mono name">{name}</span>} open onClose={onClose} wide>
      {driver.isPending && <Waiting />}
      {driver.isError && <ErrorNote error={driver.error} />}
      {shown && (
        <>
          {shown.doc && <p className={style.doc}>{shown.doc}</p>}
          <table className={`${style.table} ${style.left}`}>
            <tbody>
              <tr><th scope="row">Type</th><td>{shown.type}, <Link to="/things" search={{ q: `driver = ${name}` }}>things with it</Link></td></tr>
              {shown.base && <tr><th scope="row">Extends</th><td className="mono">{shown.base}</td></tr>}
              <tr><th scope="row">From</th><td className="name">{shown.origin || 'built in'}</td></tr>
              <tr><th scope="row">Units</th><td>{shown.rack_units || 'any number'}</td></tr>
              <tr><th scope="row">Ports</th><td>{shown.ports?.map(port => <span key={port.type}><Badge>{port.count} {port.type}</Badge> </span>) ?? 'none'}</td></tr>
              <tr><th scope="row">Properties</th><td>{shown.properties?.map(property => <div key={property.name} className="mono">{property.name}{property.default !== undefined && ` = ${formatValue(property.default)}`}</div>) ?? 'none'}</td></tr>
            </tbody>
          </table>
          <h3>Methods</h3>
          <ul className={style.methods}>
            {shown.methods?.map(method => (
              <li key={method.name}>
                <code className="name">{method.signature}</code> {method.on_class && <Badge>of the driver</Badge>}
                {method.doc && <p className={`quiet ${style.doc}`}>{method.doc}</p>}
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  )
}
