/** The steps of the guide, in their order. */
export const steps = ['datacenter', 'network', 'names', 'rack', 'switch', 'relay'] as const

export type Step = (typeof steps)[number]

/** Returns the step that a part of an address names, if it is one. */
export function stepOf(text: unknown): Step | undefined {
  return steps.find(step => step === text)
}

/** What an inventory has of what the steps make. */
export interface There {
  datacenters: number
  networks: number
  /** The name manager that names new servers. */
  names: boolean
  racks: number
  /** Switches that have an address and may discover. */
  switches: number
  dhcp: boolean
}

/** Returns whether what a step makes is there. */
export function isDone(step: Step, there: There): boolean {
  switch (step) {
    case 'datacenter': return there.datacenters > 0
    case 'network': return there.networks > 0
    case 'names': return there.names
    case 'rack': return there.racks > 0
    case 'switch': return there.switches > 0
    case 'relay': return there.dhcp
  }
}

/** Returns the step to go on with: the first that is not done. */
export function nextStep(there: There): Step | undefined {
  return steps.find(step => !isDone(step, there))
}

/** Returns the step behind another. */
export function after(step: Step): Step | undefined {
  return steps[steps.indexOf(step) + 1]
}
