/* What the words of a network line mean together. */
#ifndef UR_NET_CHECK_H
#define UR_NET_CHECK_H

#include "net/line.h"

/* Order of the layers, `from` and `tied`: see ur_net_parse. */
ur_status ur_net_check(const ur_net_spec *spec, ur_error *error);

/* ur_net_format without the proof that the text says the same as the spec; false when it does not fit. */
bool ur_net_write(const ur_net_spec *spec, char *text, size_t size);

#endif
