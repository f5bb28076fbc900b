import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Bookmark, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Checkbox, Dialog as AriaDialog, DialogTrigger, Popover } from 'react-aria-components'
import { api, type Schemas } from '@/api/client'
import { useReadNow } from '@/api/read'
import { Badge, Button, Dialog, ErrorNote, Field, toast } from '@/ui'
import { askedFor, usualColumns, type ListSearch } from './search'
import style from './List.module.css'

type View = Schemas['View']

/** Returns the address that shows a view. */
export function searchOf(view: View): ListSearch {
  const widths = Object.fromEntries(view.columns.filter(one => one.width).map(one => [one.column, one.width!]))
  return {
    q: view.query,
    ...(view.columns.length > 0 ? { cols: view.columns.map(one => one.column) } : {}),
    ...(Object.keys(widths).length > 0 ? { widths } : {}),
    ...(view.sort ? { sort: view.sort } : {}),
  }
}

/** Returns what is saved of an address. */
export function viewOf(search: ListSearch): Schemas['NewView'] {
  const columns = (search.cols ?? usualColumns).map(column => ({ column, ...(search.widths?.[column] ? { width: search.widths[column] } : {}) }))
  return { query: askedFor(search), columns, ...(search.sort ? { sort: search.sort } : {}) }
}

/** The saved views: shows them, saves what is shown, and forgets them. */
export function Views({ search, onShow }: { search: ListSearch; onShow: (search: ListSearch) => void }) {
  const [saving, setSaving] = useState(false)
  const [open, setOpen] = useState(false)
  const queries = useQueryClient()
  const list = useReadNow('/views', {})
  const forget = useMutation({
    mutationFn: (view: View) => api.DELETE('/views/{name}', { params: { path: { name: view.name }, query: { shared: view.shared } } }),
    onSuccess: (_, view) => {
      toast(`The view “${view.name}” is deleted.`)
      void queries.invalidateQueries({ queryKey: ['/views'] })
    },
  })
  const views = list.data?.views ?? []
  const mixed = views.some(view => !view.shared)
  return (
    <>
      <DialogTrigger isOpen={open} onOpenChange={setOpen}>
        <Button><Bookmark />Views</Button>
        <Popover className={style.popover!} placement="bottom end">
          <AriaDialog aria-label="Saved views" className={style.views!}>
            {list.isError && <ErrorNote error={list.error} />}
            {forget.isError && <ErrorNote error={forget.error} />}
            {list.isSuccess && views.length === 0 && <p className="quiet">No view is saved yet. A view keeps the query, the columns and the order.</p>}
            <ul>
              {views.map(view => (
                <li key={`${view.shared} ${view.name}`} className={style.view}>
                  <button type="button" className={style.viewName} title={view.query} onClick={() => { onShow(searchOf(view)); setOpen(false) }}>
                    <span className="name">{view.name}</span>
                    {view.shared && mixed && <Badge>shared</Badge>}
                  </button>
                  {(!view.shared || list.data?.may_share) && <Button look="plain" small aria-label={`Delete the view ${view.name}`} onPress={() => forget.mutate(view)}><Trash2 /></Button>}
                </li>
              ))}
            </ul>
            <Button look="primary" small onPress={() => { setOpen(false); setSaving(true) }}>Save what is shown</Button>
          </AriaDialog>
        </Popover>
      </DialogTrigger>
      {saving && <SaveDialog search={search} views={views} mayShare={list.data?.may_share ?? false} onClose={() => setSaving(false)} />}
    </>
  )
}

function SaveDialog({ search, views, mayShare, onClose }: { search: ListSearch; views: readonly View[]; mayShare: boolean; onClose: () => void }) {
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const queries = useQueryClient()
  const session = useReadNow('/session', {})
  const accounts = session.data?.accounts ?? false
  const save = useMutation({
    mutationFn: () => api.PUT('/views/{name}', { params: { path: { name }, query: { shared } }, body: viewOf(search) }),
    onSuccess: () => {
      toast(`The view “${name}” is saved.`)
      void queries.invalidateQueries({ queryKey: ['/views'] })
      onClose()
    },
  })
  const replaced = views.some(view => view.name === name && (!accounts || view.shared === shared))
  return (
    <Dialog
      title="Save this view"
      open
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={name.trim() === '' || save.isPending} onPress={() => save.mutate()}>{replaced ? 'Replace' : 'Save'}</Button>
        </>
      }
    >
      <Field label="Name" value={name} onChange={setName} onKeyDown={event => event.key === 'Enter' && name.trim() !== '' && !save.isPending && save.mutate()} {...(replaced ? { help: 'There is a view of this name; it is replaced.' } : {})} />
      {accounts && <Checkbox isSelected={shared} onChange={setShared} isDisabled={!mayShare} className={style.check!}><span className={style.box} aria-hidden>{shared ? '✓' : ''}</span> For all{!mayShare && ', which you may not'}</Checkbox>}
      {save.isError && <ErrorNote error={save.error} />}
    </Dialog>
  )
}
