import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Schemas } from '@/api/client'
import { useMayChange } from '@/api/may'
import { Button, Empty, ErrorNote, formatTime, Page, Table, Waiting } from '@/ui'
import { UndoDialog, type Undo } from './UndoDialog'
import { useLog } from './useLog'

interface Deleted {
  name: string
  entry: Schemas['LogEntry']
}

/** What was deleted lately, to be brought back. */
export function DeletedPage() {
  const log = useLog({})
  const mayChange = useMayChange()
  const [undo, setUndo] = useState<Undo>()
  const rows: Deleted[] = log.entries.flatMap(entry => (entry.deleted ?? []).map(name => ({ name, entry })))
  const looked = log.entries.at(-1)
  return (
    <Page title="Deleted" about="What was deleted lately. Bringing it back makes a new version, with its attributes, cables and addresses if they are free." fill
      actions={log.hasNextPage && <Button isDisabled={log.isFetchingNextPage} onPress={() => void log.fetchNextPage()}>Look further back</Button>}>
      {log.error && <ErrorNote error={log.error} />}
      {log.isPending && !log.error && <Waiting />}
      {log.isSuccess && (
        <Table
          label="Deleted things"
          rows={rows}
          rowKey={row => `${row.entry.version} ${row.name}`}
          empty={<Empty title="Nothing was deleted.">{log.hasNextPage && looked && <p className="quiet">As far back as version {looked.version}. Look further back for more.</p>}</Empty>}
          columns={[
            { id: 'name', head: 'Name', width: 'minmax(120px, 1fr)', cell: row => <strong className="name">{row.name}</strong> },
            { id: 'when', head: 'When', width: '170px', cell: row => row.entry.time && formatTime(row.entry.time) },
            { id: 'user', head: 'By', width: '120px', cell: row => <span className="name">{row.entry.user}</span> },
            { id: 'version', head: 'Version', width: '110px', cell: row => <Link to="/history/$version" params={{ version: String(row.entry.version) }}>{row.entry.version}</Link> },
            { id: 'why', head: 'Why', width: 'minmax(160px, 2fr)', cell: row => <span className="name">{row.entry.description}</span> },
            {
              id: 'back', head: <span className="visually-hidden">Bring back</span>, width: '130px',
              cell: row => <Button small isDisabled={!mayChange} onPress={() => setUndo({ undelete: { name: row.name, version: row.entry.version } })} aria-label={`Bring back ${row.name}`}>Bring back</Button>,
            },
          ]}
        />
      )}
      <UndoDialog undo={undo} onUndo={setUndo} />
    </Page>
  )
}
