package datagram

// Next returns a message to fill in. It is sent by Flush, or not if Drop is called.
// It is nil if so many have been taken as a batch has.
func (w *Writer) Next() *Message {
	if w.used == len(w.messages) {
		return nil
	}
	m := &w.messages[w.used]
	*m = Message{Data: w.buffers[w.used][:0]}
	w.used++
	return m
}

// Drop forgets the message that Next returned last.
func (w *Writer) Drop() { w.used-- }

// Full says that Next would return nil.
func (w *Writer) Full() bool { return w.used == len(w.messages) }
