import { Link } from '@tanstack/react-router'
import { Badge, Empty, ErrorNote, Panel, Thing, Waiting, count } from '@/ui'
import { Bar, nearlyFull } from '@/ui/Bar'
import { useCalmRead } from './calm'
import { fullest } from './fullest'
import style from './Start.module.css'

const shown = 8

/** The resource managers, those that run full first. */
export function Full() {
  const managers = useCalmRead('/managers', { query: { usage: true } }, 60_000)
  const sorted = fullest(managers.data?.managers ?? [])
  const close = sorted.filter(manager => manager.part >= nearlyFull).length
  return (
    <Panel title={<>Managers running full {close > 0 && <Badge tone="warn">{close}</Badge>}</>} actions={<Link to="/addresses">Addresses</Link>}>
      {managers.isPending && <Waiting />}
      {managers.isError && <ErrorNote error={managers.error} />}
      {managers.isSuccess && sorted.length === 0 && <Empty title="There are no resource managers."><p className="quiet">They hand out addresses, names and numbers.</p></Empty>}
      {sorted.length > 0 && close === 0 && <p className="quiet">None has less than a fifth left. The fullest:</p>}
      <table className={style.table}>
        <tbody>
          {sorted.slice(0, Math.max(shown, Math.min(close, 20))).map(({ name, prefix, free, taken, size }) => (
            <tr key={name}>
              <td><Thing name={name} type="resourcemanager" /> {prefix && <span className="mono quiet">{prefix}</span>}</td>
              <td className={style.end}>{count(free, 'left', 'left')}</td>
              <td><Bar label={`In use of ${name}`} used={taken} size={size} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
