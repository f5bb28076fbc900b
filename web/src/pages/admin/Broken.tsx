import type { Schemas } from '@/api/client'
import { Badge, Panel } from '@/ui'
import style from './Admin.module.css'

/** The files of the library that cannot be loaded, and why. */
export function Broken({ files }: { files: readonly Schemas['BrokenFile'][] | undefined }) {
  if (!files?.length) return null
  return (
    <Panel title={<>Files that cannot be loaded <Badge tone="bad">{files.length}</Badge></>}>
      <table className={`${style.table} ${style.left}`}>
        <thead><tr><th scope="col">File</th><th scope="col">Line</th><th scope="col">What is wrong</th></tr></thead>
        <tbody>
          {files.map(file => (
            <tr key={file.file}>
              <td className="mono name">{file.file}</td>
              <td>{file.line ?? ''}</td>
              <td>
                <p className="name">{file.error}</p>
                {file.hint && <p className="quiet name">{file.hint}</p>}
                {file.in_force && <p><Badge tone="warn">what it was before stays in force</Badge></p>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
