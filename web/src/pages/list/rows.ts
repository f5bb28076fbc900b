import { useQueries } from '@tanstack/react-query'
import { read } from '@/api/read'
import { api, type Schemas } from '@/api/client'

type Row = Schemas['Row']

/** How many rows are asked for at once. */
export const pageSize = 200

/** What is listed. */
export interface Question {
  query: string
  /** What is shown of each; the type comes behind them. */
  columns: readonly string[]
  sort: string | undefined
  at: string | undefined
}

function paramsOf(question: Question, offset: number, limit: number) {
  return {
    query: {
      query: question.query,
      column: [...question.columns, 'type'],
      offset,
      limit,
      ...(question.sort ? { sort: question.sort } : {}),
      ...(question.at ? { at: question.at } : {}),
    },
  }
}

/** Returns the pages that are needed to show some rows, the first one always among them: it says how many there are. */
export function pagesFor(first: number, last: number): number[] {
  const pages = new Set([0])
  for (let page = Math.max(0, Math.floor(first / pageSize)); page <= Math.floor(last / pageSize); page++) pages.add(page)
  return [...pages]
}

/** Asks for the rows in sight and a few around them; the others are asked for when they come near. */
export function useRows(question: Question, first: number, last: number) {
  const pages = pagesFor(first, last)
  const answers = useQueries({
    queries: pages.map(page => ({
      ...read('/query/table', paramsOf(question, page * pageSize, pageSize)),
      ...(question.at ? { staleTime: Infinity } : {}),
    })),
  })
  const head = answers[0]!
  const at = (index: number): Row | undefined => answers[pages.indexOf(Math.floor(index / pageSize))]?.data?.rows[index % pageSize]
  return {
    total: head.data?.total,
    version: head.data?.version,
    warnings: head.data?.warnings ?? [],
    error: answers.find(answer => answer.isError)?.error,
    isPending: head.isPending,
    row: at,
  }
}

/** Returns the names of rows from one to another, both included, that need not be loaded. */
export async function namesBetween(question: Question, from: number, to: number): Promise<string[]> {
  const most = 10_000
  const names: string[] = []
  for (let offset = from; offset <= to; offset += most) {
    const { query } = paramsOf({ ...question, columns: [] }, offset, Math.min(most, to - offset + 1))
    const { data } = await api.GET('/query/table', { params: { query } })
    names.push(...data!.rows.map(row => row.name))
  }
  return names
}

/** Returns the address of a file with all rows. */
export function fileAddress(question: Question, format: 'csv' | 'json', harmless = false): string {
  const params = new URLSearchParams({ query: question.query, format })
  for (const column of question.columns) params.append('column', column)
  if (question.sort) params.set('sort', question.sort)
  if (question.at) params.set('at', question.at)
  if (harmless) params.set('harmless', 'true')
  return `/api/v1/query/file?${params.toString()}`
}
