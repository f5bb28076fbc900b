import { X } from 'lucide-react'
import { useState } from 'react'
import type { Operation } from '@/api/change'
import { useRead, useReadNow } from '@/api/read'
import type { Schemas } from '@/api/client'
import { useMayChange } from '@/api/may'
import { useAt } from '@/time/at'
import { Link } from '@tanstack/react-router'
import { Badge, Button, ChangeDialog, ErrorNote, formatTime, Thing, Waiting } from '@/ui'
import { AllocateDialog, ReserveDialog } from './dialogs'
import type { Manager } from './tree'
import style from './AddressPanel.module.css'

type Holding = Schemas['Holding']
type VersionInfo = Schemas['VersionInfo']

/** One address: who has it and had it, when it was seen, and what can be done with it. */
export function AddressPanel({ manager, address, onClose }: { manager: Manager; address: string; onClose: () => void }) {
  const info = useRead('/addresses/{address}', { path: { address } }, { keep: true })
  const past = useRead('/addresses/{address}/history', { path: { address } }, { keep: true })
  const [asked, setAsked] = useState<'give' | 'reserve'>()
  const [operations, setOperations] = useState<Operation[]>()
  const at = useAt()
  const mayChange = useMayChange()
  const holders = info.data?.entities ?? []
  const other = info.data?.managers[0]
  const reserved = (manager.reservations ?? []).find(item => info.data?.reserved === (item.reason ? `${item.text} (${item.reason})` : item.text))
  const gateway = manager.network?.gateway === address
  const shown = info.data?.address === address ? info.data : undefined
  return (
    <section className={style.panel} aria-label={`Address ${address}`}>
      <header className={style.head}>
        <h2 className="mono">{address}</h2>
        {shown && (holders.length > 0 ? <Badge tone="accent">used</Badge> : shown.reserved ? <Badge tone="warn">reserved</Badge> : gateway ? <Badge tone="past">gateway</Badge> : <Badge tone="good">free</Badge>)}
        <Button look="plain" small aria-label="Close" onPress={onClose} className={style.close!}><X /></Button>
      </header>
      {info.isError && <ErrorNote error={info.error} />}
      {past.isError && <ErrorNote error={past.error} />}
      {info.isPending && <Waiting />}
      {shown && (
        <>
          {shown.reserved && <p className="name">Reserved: {shown.reserved}</p>}
          {other && other !== manager.name && <p>It belongs to <Link to="/addresses/$manager" params={{ manager: other }} search={{ address }} className="name">{other}</Link>, a network inside this one.</p>}
          {mayChange && (
            <div className={style.actions}>
              {holders.length === 0 && <Button small look="primary" onPress={() => setAsked('give')}>Allocate</Button>}
              {holders.length === 0 && !shown.reserved && <Button small onPress={() => setAsked('reserve')}>Reserve</Button>}
              {holders.map(holder => (
                <Button key={holder.name} small look="danger" onPress={() => setOperations([{ release: { entity: holder.name, address } }])}>
                  {holders.length > 1 ? <>Release from <span className="name">{holder.name}</span></> : 'Release'}
                </Button>
              ))}
              {reserved && (
                <Button small onPress={() => setOperations([{ unreserve: { manager: manager.name, first: reserved.first ?? reserved.text, ...(reserved.last ? { last: reserved.last } : {}) } }])}>
                  End the reservation
                </Button>
              )}
            </div>
          )}
        </>
      )}
      {past.data?.address === address && <Past holdings={past.data.holdings} more={past.data.more ?? false} />}
      {past.data?.address === address && !at && <Seen address={address} holdings={past.data.holdings} />}
      {asked === 'give' && <AllocateDialog manager={manager} resource={address} reserved={Boolean(shown?.reserved)} onClose={() => setAsked(undefined)} />}
      {asked === 'reserve' && <ReserveDialog manager={manager} first={address} onClose={() => setAsked(undefined)} />}
      <ChangeDialog title={`Release ${address}`} operations={operations} onClose={() => setOperations(undefined)} verb="Release" danger />
    </section>
  )
}

/** Who has an address and who had it before, the latest first. */
function Past({ holdings, more }: { holdings: readonly Holding[]; more: boolean }) {
  if (holdings.length === 0) return <p className="quiet">Nobody has it, and nobody had it before.</p>
  return (
    <ol className={style.past} aria-label="Who has and who had it">
      {holdings.map((holding, i) => (
        <li key={i} className={holding.to ? style.was : style.is}>
          <p>
            {holding.now ? <Thing name={holding.now} type={holding.type} /> : <><span className="name">{holding.entity}</span> <span className="quiet">(gone)</span></>}
            {holding.now && holding.now !== holding.entity && <span className="quiet"> then <span className="name">{holding.entity}</span></span>}
            {holding.os_port && <span className="quiet"> on <span className="mono name">{holding.os_port}</span></span>}
          </p>
          <p className="quiet">{holding.to ? 'from' : 'since'} <When of={holding.from} />{holding.to && <> to <When of={holding.to} /></>}</p>
        </li>
      ))}
      {more && <li className="quiet">and others before</li>}
    </ol>
  )
}

function When({ of }: { of: VersionInfo }) {
  return (
    <>
      <Link to="/history/$version" params={{ version: String(of.version) }} title={of.description ?? ''}>{of.time ? formatTime(of.time) : `version ${of.version}`}</Link>
      {of.user && <> by <span className="name">{of.user}</span></>}
    </>
  )
}

/** When who had the address was told it by the DHCP server last. */
function Seen({ address, holdings }: { address: string; holdings: readonly Holding[] }) {
  const names = [...new Set(holdings.flatMap(holding => holding.now ?? []))].slice(0, 50)
  const leases = useReadNow('/dhcp/leases', { query: { entity: names } }, { enabled: names.length > 0 })
  const seen = leases.data?.leases.find(lease => lease.address === address)
  if (!leases.isSuccess && names.length > 0) return null
  return (
    <p className="quiet">
      {seen ? <>DHCP gave it to <span className="name">{seen.entity}</span>, <span className="mono">{seen.client}</span>, {formatTime(seen.at)}{seen.hostname && <>; it calls itself <span className="name">{seen.hostname}</span></>}.</> : 'DHCP has not given it to them.'}
    </p>
  )
}
