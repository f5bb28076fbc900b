import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The program that is tested; build it first. */
const binary = process.env.CLUSTO_BIN ?? '../bin/clusto'

/** How long a server may take to start or to end, in ms. */
const patience = 60_000

/** What a switch reports of a machine. */
export interface Trap {
  /** The address of the switch, as in the demonstration: 127.0.1.1 is that of sv3-001. */
  from?: string
  /** The number of its port, from 1. */
  port: number
  mac: string
  vlan?: number
  /** The machine went away; else it appeared. */
  removed?: boolean
}

/** Returns the environment of commands on a database; nothing of the machine's own settings is left in it. */
function environment(dsn: string, dir: string): NodeJS.ProcessEnv {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('CLUSTO'))
  return { ...Object.fromEntries(env), CLUSTODSN: dsn, CLUSTOCONFIG: join(dir, 'clusto.conf'), HOME: dir, NO_COLOR: '1' }
}

/** Makes the world of the demonstration in a directory, for all stories of a worker, and returns its file. */
export async function makeWorld(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true })
  await run(binary, ['demo', '--once', '--dir', dir], { env: environment('', dir) })
  return join(dir, 'demo.db')
}

/**
 * Returns the DSN of a new database with the world of the demonstration. Who runs the stories may
 * say in CLUSTO_STORY_DATABASES where to ask for one; else it is a copy of the file world.
 */
async function newDatabase(world: string, dir: string): Promise<string> {
  const databases = process.env.CLUSTO_STORY_DATABASES
  if (databases) {
    const answer = await fetch(databases, { method: 'POST' })
    if (!answer.ok) throw new Error(`no database from ${databases}: ${await answer.text()}`)
    return answer.text()
  }
  const file = join(dir, 'demo.db')
  await copyFile(world, file)
  return `sqlite:///${file}`
}

/** A "clusto serve" with a database of its own. */
export class Server {
  private log = ''
  private constructor(
    private readonly process: ChildProcess,
    private readonly dir: string,
    /** The database. */
    readonly dsn: string,
  ) {}

  /** Where the pages are, without a slash at the end. */
  url = ''

  /** Where traps are received, HOST:PORT. */
  traps = ''

  /** Starts a server on a new database in a directory of its own; config is added to its clusto.conf. */
  static async start(world: string, dir: string, config: string): Promise<Server> {
    await mkdir(dir, { recursive: true })
    const dsn = await newDatabase(world, dir)
    await writeFile(join(dir, 'clusto.conf'), `${config}\n`)
    const args = ['serve', '--http', '127.0.0.1:0', '--snmptrap', '127.0.0.1:0']
    const child = spawn(binary, args, { env: environment(dsn, dir), stdio: ['ignore', 'ignore', 'pipe'] })
    const server = new Server(child, dir, dsn)
    await server.listens()
    return server
  }

  private listens(): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new Error(`the server does not start:\n${this.log}`)), patience)
      this.process.on('error', reject)
      this.process.on('exit', status => {
        clearTimeout(giveUp)
        reject(new Error(`the server ended with status ${status}:\n${this.log}`))
      })
      this.process.stderr!.setEncoding('utf8').on('data', (text: string) => {
        this.log += text
        this.traps ||= /msg="listening for SNMP traps" addr=(\S+)/.exec(this.log)?.[1] ?? ''
        const http = /msg="listening for HTTP" addr=(\S+)/.exec(this.log)?.[1]
        if (!http || this.url) return
        this.url = `http://${http}`
        clearTimeout(giveUp)
        resolve()
      })
    })
  }

  /** Ends the server and returns what it logged. */
  async stop(): Promise<string> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise(resolve => this.process.once('exit', resolve))
      const kill = setTimeout(() => this.process.kill('SIGKILL'), 5_000)
      this.process.kill('SIGTERM')
      await ended
      clearTimeout(kill)
    }
    return this.log
  }

  /** Asks the API: server.api('GET', '/entities/s0001'). What is not a success is an error. */
  async api<T = any>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text ? JSON.parse(text) : undefined) as T
  }

  /** Runs a command on the database and returns what it prints; one that fails is an error. */
  async clusto(...args: string[]): Promise<string> {
    const { stdout } = await run(binary, args, { env: environment(this.dsn, this.dir) })
    return stdout
  }

  /** Sends a CISCO-MAC-NOTIFICATION trap as a switch does, with the program snmptrap. */
  async trap({ from = '127.0.1.1', port, mac, vlan = 442, removed = false }: Trap): Promise<void> {
    const hex = (n: number, octets: number) => n.toString(16).padStart(octets * 2, '0')
    const change = (removed ? '02' : '01') + hex(vlan, 2) + mac.replaceAll(/[^0-9a-fA-F]/g, '') + hex(port, 2)
    const args = ['-v2c', '-c', 'demo', `--clientaddr=${from}`, this.traps, '1', '1.3.6.1.4.1.9.9.215.2.0.1']
    await run('snmptrap', [...args, '1.3.6.1.4.1.9.9.215.1.1.8.1.2.1', 'x', `${change}00`], {
      env: { ...environment(this.dsn, this.dir), SNMPCONFPATH: this.dir, SNMP_PERSISTENT_DIR: this.dir, MIBS: '' },
    })
  }
}
