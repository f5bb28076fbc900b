import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from './Button'

/** Puts a text on the clipboard, and says that it did. */
export function CopyButton({ text, label = 'Copy', children }: { text: string; label?: string; children?: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true))
  return (
    <Button small look={children ? 'normal' : 'plain'} {...(children ? {} : { 'aria-label': copied ? 'Copied' : label })} onPress={copy}>
      {copied ? <Check /> : <Copy />} {children && (copied ? 'Copied' : children)}
    </Button>
  )
}
