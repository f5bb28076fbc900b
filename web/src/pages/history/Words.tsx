import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import type { Schemas } from '@/api/client'
import { Thing } from '@/ui'

/** A sentence with the names of things leading to them. */
export function Words({ words }: { words: readonly Schemas['Word'][] }) {
  return words.map((word, i) => (
    <Fragment key={i}>
      {word.text && <span className="name">{word.text}</span>}
      {word.name && <Thing name={word.name} />}
    </Fragment>
  ))
}

/** A version's number, which leads to what it changed. */
export function VersionLink({ version }: { version: number }) {
  return <Link to="/history/$version" params={{ version: String(version) }}>version {version}</Link>
}
