// Package sandbox runs the scripts and shell sessions of remote users, each in a
// process of its own. A script may fill the memory, go on for ever or crash its
// interpreter, and the server that started it goes on.
//
// [Start] and [Pool.Start] are for the server: they start the program once more, with
// arguments that make it a child, and return a [Session] to give scripts and entries
// to. [Serve] is for the child: it opens an [Interpreter], which the program provides,
// and has it do what the session asks for. The package knows neither the language nor
// the database.
//
// The child gets everything over its standard input, also the DSN and who the user is:
// its arguments and its environment can be read by others. Requests and answers
// are frames, a length and a JSON object.
//
// The life of an entry: Session.Eval takes its turn and sends a request; in the
// child, reader hands it to worker, which calls the interpreter; what that prints
// goes through output, which counts it, back to Session.ask and to the function that
// the server gave. When the entry shall end before its time, Session.Interrupt, the
// end of the context or the limit of time in the child ends its context. Should it
// not obey, the process is killed.
//
// What stops a child, the gentlest first: its own limits on steps and memory, the end
// of an entry's time, limits of the kernel on memory and processor time, the
// server's clock. The kernel also kills it when the server is gone. It works on Linux
// only; elsewhere Start returns [clusto.ErrUnsupported].
package sandbox
