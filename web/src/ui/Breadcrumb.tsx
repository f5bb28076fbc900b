import { ChevronRight } from 'lucide-react'
import { useChain } from '@/containers/chain'
import { Thing } from './Thing'
import style from './Breadcrumb.module.css'

/** Where a thing is: the containers around it, the outermost first. It shows nothing for what is nowhere. */
export function Breadcrumb({ name }: { name: string }) {
  const around = useChain(name).slice(0, -1)
  if (around.length === 0) return null
  return (
    <nav aria-label="Where it is">
      <ol className={style.crumbs}>
        {around.map(step => <li key={step.name}><Thing name={step.name} type={step.type} /><ChevronRight aria-hidden /></li>)}
        <li className="name quiet" aria-current="page">{name}</li>
      </ol>
    </nav>
  )
}
