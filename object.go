package clusto

// Object is one entity seen through its driver.
type Object struct {
	Entity
}
