import type { components } from './schema_gen'

type ProblemBody = components['schemas']['Problem']

/** What the server answered instead of what was asked for, or that it did not answer. */
export class Problem extends Error {
  override name = 'Problem'

  constructor(readonly body: ProblemBody) {
    super(body.detail ?? body.title)
  }

  get kind(): string | undefined {
    return this.body.kind
  }

  get hint(): string | undefined {
    return this.body.hint
  }
}

/** Returns whether something went wrong in this way, such as "not-found" or "conflict". */
export function isProblem(err: unknown, kind: string): err is Problem {
  return err instanceof Problem && err.kind === kind
}

/** Returns the problem that an answer without success has. */
export async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get('Content-Type') ?? ''
  if (type.startsWith('application/problem+json')) {
    return new Problem((await response.json()) as ProblemBody)
  }
  return new Problem({ type: 'about:blank', title: response.statusText || `Status ${response.status}`, status: response.status })
}

/** Returns the problem of a request that nobody answered. */
export function unreachable(cause: unknown): Problem {
  const problem = new Problem({
    type: 'about:blank',
    title: 'The server does not answer',
    status: 0,
    kind: 'not-available',
    hint: 'Is clusto serve running, and the network up? This page asks again by itself.',
  })
  problem.cause = cause
  return problem
}
