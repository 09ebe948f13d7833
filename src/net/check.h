/* Checks of a network line as a whole. */
#ifndef UR_NET_CHECK_H
#define UR_NET_CHECK_H

#include "net/line.h"

/* Checks the order of the layers, `from`, `tied` and `attend`; see ur_net_parse. */
ur_status ur_net_check(const ur_net_spec *spec, ur_error *error);

/* ur_net_format without the proof that the text means the same as the spec. False if the text does not fit. */
bool ur_net_write(const ur_net_spec *spec, char *text, size_t size);

#endif
