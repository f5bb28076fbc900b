import { useReadNow } from '@/api/read'
import { LayoutPreview } from '@/pages/setup/LayoutPreview'
import { Button, Dialog, ErrorNote, Waiting } from '@/ui'
import { useShown } from './AdminPage'
import { Broken } from './Broken'
import { List } from './List'
import style from './Admin.module.css'

/** The layouts of racks that are loaded, and those that could not be. */
export function LayoutsTab() {
  const layouts = useReadNow('/layouts', {})
  const [shown, show] = useShown()
  return (
    <div className={style.stack}>
      {layouts.isPending && <Waiting />}
      {layouts.isError && <ErrorNote error={layouts.error} />}
      <Broken files={layouts.data?.broken} />
      {layouts.data && (
        <List
          label="Layouts"
          rows={layouts.data.layouts}
          rowKey={layout => layout.name}
          textsOf={layout => [layout.name, layout.rack, layout.origin]}
          empty="There are no layouts."
          columns={[
            { head: 'Layout', cell: layout => <Button small look="plain" onPress={() => show(layout.name)}><span className="mono name">{layout.name}</span></Button> },
            { head: 'Racks with it are', cell: layout => <span className="mono">{layout.rack}</span> },
            { head: 'From', cell: layout => <span className="name quiet">{layout.origin || 'a script of the library'}</span> },
          ]}
        />
      )}
      {shown && <LayoutDialog name={shown} onClose={() => show(undefined)} />}
    </div>
  )
}

function LayoutDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const layout = useReadNow('/layouts/{name}', { path: { name } })
  return (
    <Dialog title={<>Layout <span className="mono name">{name}</span></>} open onClose={onClose} wide>
      {layout.isPending && <Waiting />}
      {layout.isError && <ErrorNote error={layout.error} />}
      {layout.data && <LayoutPreview layout={layout.data} rack="<rack>" />}
    </Dialog>
  )
}
