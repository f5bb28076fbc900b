import { Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useRead } from '@/api/read'
import { useMayChange } from '@/api/may'
import { Button, Empty, Field, Panel, Select } from '@/ui'
import style from '../thing.module.css'
import { useThingSearch, type ThingData } from '../useThing'
import { AttrRows, type Edited } from './AttrRows'
import table from './attributes.module.css'
import { NewAttr } from './NewAttr'
import { groupsOf, shownGroups, withEdited } from './provenance'

const choices = [
  { id: '', text: 'What people keep' },
  { id: 'kept', text: 'Also ports, addresses and properties' },
  { id: 'all', text: 'All, also hidden ones' },
]

/** The attributes of a thing, its own and those that it inherits. */
export function AttributesPart({ thing }: { thing: ThingData }) {
  const [search, setSearch] = useThingSearch()
  const [adding, setAdding] = useState(false)
  const [edited, setEdited] = useState<Edited>()
  const mayChange = useMayChange()
  const blame = useRead('/entities/{name}/blame', { path: { name: thing.name } }, { enabled: search.blame === true })
  const groups = useMemo(() => groupsOf(thing.merged ?? [], thing.name), [thing])
  const shown = useMemo(
    () => withEdited(shownGroups(groups, search.more, search.filter), edited?.attr, edited?.own ?? false),
    [groups, search.more, search.filter, edited],
  )
  return (
    <Panel
      title="Attributes"
      actions={mayChange && !adding && <Button small onPress={() => setAdding(true)}><Plus /> Add</Button>}
    >
      <div className={style.stack}>
        {adding && <NewAttr thing={thing} onClose={() => setAdding(false)} />}
        <div className={style.bar}>
          <div className={style.grow}>
            <Field label="Filter" value={search.filter ?? ''} onChange={text => setSearch({ filter: text || undefined })} placeholder="Part of a name, a value or a container" />
          </div>
          <Select label="Shown" choices={choices} value={search.more ?? ''} onChange={more => setSearch({ more: more || undefined })} />
          <label className={style.check}>
            <input type="checkbox" checked={search.blame ?? false} onChange={e => setSearch({ blame: e.target.checked || undefined })} /> Who set it
          </label>
        </div>
        {shown.length === 0 ? (
          <Empty title={groups.length === 0 ? 'Nothing is known of it yet.' : search.filter ? 'No attribute has that in it.' : 'It has no attributes that people keep.'}>
            {groups.length > 0 && search.more !== 'all' && <Button small onPress={() => setSearch({ more: 'all', filter: search.filter })}>Look among all</Button>}
          </Empty>
        ) : (
          <div className={style.scroll}>
            <table className={`${style.plainTable} ${table.attributes}`}>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Value</th>
                  <th scope="col">From</th>
                  {search.blame && blame.data && <th scope="col">Set by</th>}
                  <th scope="col"><span className="visually-hidden">Actions</span></th>
                </tr>
              </thead>
              {shown.map(group => (
                <AttrRows
                  key={group.key} thing={thing} group={group} blame={search.blame ? blame.data : undefined} wide={search.blame && blame.data ? 5 : 4}
                  edited={edited} onEdit={setEdited}
                />
              ))}
            </table>
          </div>
        )}
      </div>
    </Panel>
  )
}
