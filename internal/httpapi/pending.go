package httpapi

import (
	"net/http"

	"github.com/clusto/clusto"
	. "github.com/clusto/clusto/api"
)

// pending answers operations that Server does not have.
type pending struct{}

func (pending) later(w http.ResponseWriter, r *http.Request) {
	s := &Server{}
	s.fail(w, r, clusto.Errorf(clusto.ErrUnsupported, "%s %s is not there yet", r.Method, r.URL.Path))
}

func (p pending) GetAddress(w http.ResponseWriter, r *http.Request, address AddressInPath, params GetAddressParams) {
	p.later(w, r)
}
func (p pending) Can(w http.ResponseWriter, r *http.Request, params CanParams) { p.later(w, r) }
func (p pending) StreamChanges(w http.ResponseWriter, r *http.Request, params StreamChangesParams) {
	p.later(w, r)
}
func (p pending) Diff(w http.ResponseWriter, r *http.Request, params DiffParams) { p.later(w, r) }
func (p pending) ListDrivers(w http.ResponseWriter, r *http.Request, params ListDriversParams) {
	p.later(w, r)
}
func (p pending) GetDriver(w http.ResponseWriter, r *http.Request, name Name) { p.later(w, r) }
func (p pending) ListEntities(w http.ResponseWriter, r *http.Request, params ListEntitiesParams) {
	p.later(w, r)
}
func (p pending) CreateEntities(w http.ResponseWriter, r *http.Request, params CreateEntitiesParams) {
	p.later(w, r)
}
func (p pending) DeleteEntity(w http.ResponseWriter, r *http.Request, name Name, params DeleteEntityParams) {
	p.later(w, r)
}
func (p pending) GetEntity(w http.ResponseWriter, r *http.Request, name Name, params GetEntityParams) {
	p.later(w, r)
}
func (p pending) ChangeEntity(w http.ResponseWriter, r *http.Request, name Name, params ChangeEntityParams) {
	p.later(w, r)
}
func (p pending) ListAddresses(w http.ResponseWriter, r *http.Request, name Name, params ListAddressesParams) {
	p.later(w, r)
}
func (p pending) BindAddress(w http.ResponseWriter, r *http.Request, name Name, params BindAddressParams) {
	p.later(w, r)
}
func (p pending) ReleaseAddress(w http.ResponseWriter, r *http.Request, name Name, address AddressInPath, params ReleaseAddressParams) {
	p.later(w, r)
}
func (p pending) DeleteAttributes(w http.ResponseWriter, r *http.Request, name Name, params DeleteAttributesParams) {
	p.later(w, r)
}
func (p pending) ListAttributes(w http.ResponseWriter, r *http.Request, name Name, params ListAttributesParams) {
	p.later(w, r)
}
func (p pending) AddAttributes(w http.ResponseWriter, r *http.Request, name Name, params AddAttributesParams) {
	p.later(w, r)
}
func (p pending) SetAttributes(w http.ResponseWriter, r *http.Request, name Name, params SetAttributesParams) {
	p.later(w, r)
}
func (p pending) GetBlame(w http.ResponseWriter, r *http.Request, name Name, params GetBlameParams) {
	p.later(w, r)
}
func (p pending) GetConsole(w http.ResponseWriter, r *http.Request, name Name, params GetConsoleParams) {
	p.later(w, r)
}
func (p pending) ListContents(w http.ResponseWriter, r *http.Request, name Name, params ListContentsParams) {
	p.later(w, r)
}
func (p pending) RemoveContent(w http.ResponseWriter, r *http.Request, name Name, content string, params RemoveContentParams) {
	p.later(w, r)
}
func (p pending) InsertContent(w http.ResponseWriter, r *http.Request, name Name, content string) {
	p.later(w, r)
}
func (p pending) CallMethod(w http.ResponseWriter, r *http.Request, name Name, method string, params CallMethodParams) {
	p.later(w, r)
}
func (p pending) ListParents(w http.ResponseWriter, r *http.Request, name Name, params ListParentsParams) {
	p.later(w, r)
}
func (p pending) ListPorts(w http.ResponseWriter, r *http.Request, name Name, params ListPortsParams) {
	p.later(w, r)
}
func (p pending) GetPort(w http.ResponseWriter, r *http.Request, name Name, pType PortType, port PortNumber, params GetPortParams) {
	p.later(w, r)
}
func (p pending) SetPortAttributes(w http.ResponseWriter, r *http.Request, name Name, pType PortType, port PortNumber) {
	p.later(w, r)
}
func (p pending) DisconnectPort(w http.ResponseWriter, r *http.Request, name Name, pType PortType, port PortNumber, params DisconnectPortParams) {
	p.later(w, r)
}
func (p pending) ConnectPort(w http.ResponseWriter, r *http.Request, name Name, pType PortType, port PortNumber) {
	p.later(w, r)
}
func (p pending) TracePort(w http.ResponseWriter, r *http.Request, name Name, pType PortType, port PortNumber, params TracePortParams) {
	p.later(w, r)
}
func (p pending) GetPower(w http.ResponseWriter, r *http.Request, name Name, params GetPowerParams) {
	p.later(w, r)
}
func (p pending) SwitchPower(w http.ResponseWriter, r *http.Request, name Name, params SwitchPowerParams) {
	p.later(w, r)
}
func (p pending) GetTree(w http.ResponseWriter, r *http.Request, name Name, params GetTreeParams) {
	p.later(w, r)
}
func (p pending) Export(w http.ResponseWriter, r *http.Request, params ExportParams) { p.later(w, r) }
func (p pending) Fsck(w http.ResponseWriter, r *http.Request, params FsckParams)     { p.later(w, r) }
func (p pending) ListGrants(w http.ResponseWriter, r *http.Request, params ListGrantsParams) {
	p.later(w, r)
}
func (p pending) CreateGrant(w http.ResponseWriter, r *http.Request)                 { p.later(w, r) }
func (p pending) DeleteGrant(w http.ResponseWriter, r *http.Request, id int64)       { p.later(w, r) }
func (p pending) ListGroups(w http.ResponseWriter, r *http.Request)                  { p.later(w, r) }
func (p pending) DeleteGroup(w http.ResponseWriter, r *http.Request, name Name)      { p.later(w, r) }
func (p pending) SetGroup(w http.ResponseWriter, r *http.Request, name Name)         { p.later(w, r) }
func (p pending) Import(w http.ResponseWriter, r *http.Request, params ImportParams) { p.later(w, r) }
func (p pending) ListLayouts(w http.ResponseWriter, r *http.Request)                 { p.later(w, r) }
func (p pending) GetLayout(w http.ResponseWriter, r *http.Request, name Name)        { p.later(w, r) }
func (p pending) ListManagers(w http.ResponseWriter, r *http.Request, params ListManagersParams) {
	p.later(w, r)
}
func (p pending) GetManager(w http.ResponseWriter, r *http.Request, name Name, params GetManagerParams) {
	p.later(w, r)
}
func (p pending) Deallocate(w http.ResponseWriter, r *http.Request, name Name, params DeallocateParams) {
	p.later(w, r)
}
func (p pending) ListAllocations(w http.ResponseWriter, r *http.Request, name Name, params ListAllocationsParams) {
	p.later(w, r)
}
func (p pending) Allocate(w http.ResponseWriter, r *http.Request, name Name, params AllocateParams) {
	p.later(w, r)
}
func (p pending) ListFreeRanges(w http.ResponseWriter, r *http.Request, name Name, params ListFreeRangesParams) {
	p.later(w, r)
}
func (p pending) Unreserve(w http.ResponseWriter, r *http.Request, name Name, params UnreserveParams) {
	p.later(w, r)
}
func (p pending) Reserve(w http.ResponseWriter, r *http.Request, name Name, params ReserveParams) {
	p.later(w, r)
}
func (p pending) ListOrphans(w http.ResponseWriter, r *http.Request, params ListOrphansParams) {
	p.later(w, r)
}
func (p pending) Prune(w http.ResponseWriter, r *http.Request, params PruneParams) { p.later(w, r) }
func (p pending) GetRack(w http.ResponseWriter, r *http.Request, name Name, params GetRackParams) {
	p.later(w, r)
}
func (p pending) DrawRack(w http.ResponseWriter, r *http.Request, name Name, params DrawRackParams) {
	p.later(w, r)
}
func (p pending) ApplyLayout(w http.ResponseWriter, r *http.Request, name Name, params ApplyLayoutParams) {
	p.later(w, r)
}
func (p pending) AddServer(w http.ResponseWriter, r *http.Request, name Name, params AddServerParams) {
	p.later(w, r)
}
func (p pending) Redact(w http.ResponseWriter, r *http.Request, params RedactParams) { p.later(w, r) }
func (p pending) Revert(w http.ResponseWriter, r *http.Request, params RevertParams) { p.later(w, r) }
func (p pending) RunScript(w http.ResponseWriter, r *http.Request)                   { p.later(w, r) }
func (p pending) Search(w http.ResponseWriter, r *http.Request, params SearchParams) { p.later(w, r) }
func (p pending) GetServer(w http.ResponseWriter, r *http.Request)                   { p.later(w, r) }
func (p pending) SignOut(w http.ResponseWriter, r *http.Request)                     { p.later(w, r) }
func (p pending) GetSession(w http.ResponseWriter, r *http.Request)                  { p.later(w, r) }
func (p pending) SignIn(w http.ResponseWriter, r *http.Request)                      { p.later(w, r) }
func (p pending) CombineContainers(w http.ResponseWriter, r *http.Request, params CombineContainersParams) {
	p.later(w, r)
}
func (p pending) OpenShell(w http.ResponseWriter, r *http.Request)                  { p.later(w, r) }
func (p pending) CloseShell(w http.ResponseWriter, r *http.Request, id ShellID)     { p.later(w, r) }
func (p pending) CompleteShell(w http.ResponseWriter, r *http.Request, id ShellID)  { p.later(w, r) }
func (p pending) EnterShell(w http.ResponseWriter, r *http.Request, id ShellID)     { p.later(w, r) }
func (p pending) InterruptShell(w http.ResponseWriter, r *http.Request, id ShellID) { p.later(w, r) }
func (p pending) ListTokens(w http.ResponseWriter, r *http.Request, params ListTokensParams) {
	p.later(w, r)
}
func (p pending) CreateToken(w http.ResponseWriter, r *http.Request)           { p.later(w, r) }
func (p pending) RevokeToken(w http.ResponseWriter, r *http.Request, id int64) { p.later(w, r) }
func (p pending) Transact(w http.ResponseWriter, r *http.Request, params TransactParams) {
	p.later(w, r)
}
func (p pending) ListTypes(w http.ResponseWriter, r *http.Request, params ListTypesParams) {
	p.later(w, r)
}
func (p pending) Undelete(w http.ResponseWriter, r *http.Request, params UndeleteParams) {
	p.later(w, r)
}
func (p pending) ListUsers(w http.ResponseWriter, r *http.Request)             { p.later(w, r) }
func (p pending) CreateUser(w http.ResponseWriter, r *http.Request)            { p.later(w, r) }
func (p pending) DeleteUser(w http.ResponseWriter, r *http.Request, name Name) { p.later(w, r) }
func (p pending) GetUser(w http.ResponseWriter, r *http.Request, name Name)    { p.later(w, r) }
func (p pending) ChangeUser(w http.ResponseWriter, r *http.Request, name Name) { p.later(w, r) }
func (p pending) ListVersions(w http.ResponseWriter, r *http.Request, params ListVersionsParams) {
	p.later(w, r)
}
func (p pending) GetVersion(w http.ResponseWriter, r *http.Request, at string) { p.later(w, r) }
