# Compiler flags of IAP's own files. They go into IAP_CFLAGS and IAP_LDFLAGS,
# never into CFLAGS: the checks of configure itself would fail under them.

AC_DEFUN([IAP_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [warnings are errors (for the test build)])])
  IAP_CFLAGS="-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wformat=2 -Wvla -Wundef -Wwrite-strings -Wold-style-definition -Wimplicit-fallthrough"
  # `return err->status` is never IAP_OK where it stands, which gcc cannot see: its guesses
  # about variables filled on IAP_OK only are all false. clang's own check stays on.
  iap_saved_cflags=$CFLAGS
  CFLAGS="$CFLAGS -Werror -Wmaybe-uninitialized"
  AC_COMPILE_IFELSE([AC_LANG_SOURCE([int iap;])],
    [IAP_CFLAGS="$IAP_CFLAGS -Wno-maybe-uninitialized"])
  CFLAGS=$iap_saved_cflags
  AS_IF([test "x$enable_werror" = xyes], [IAP_CFLAGS="$IAP_CFLAGS -Werror"])
  AC_SUBST([IAP_CFLAGS])
])

AC_DEFUN([IAP_HARDENING], [
  IAP_CFLAGS="$IAP_CFLAGS -fPIE -fstack-protector-strong -fno-strict-aliasing"
  IAP_LDFLAGS="-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack"
  AS_CASE([$host_cpu$(uname -m)], [*x86_64*],
    [IAP_CFLAGS="$IAP_CFLAGS -fstack-clash-protection -fcf-protection"])
  AC_SUBST([IAP_LDFLAGS])
])

AC_DEFUN([IAP_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers], [build with address and undefined behaviour sanitizers])])
  AS_IF([test "x$enable_sanitizers" = xyes], [
    IAP_CFLAGS="$IAP_CFLAGS -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
    IAP_LDFLAGS="$IAP_LDFLAGS -fsanitize=address,undefined"
    AC_DEFINE([IAP_SANITIZED], [1], [Define when sanitizers are on: arenas then use malloc for each piece.])
  ], [
    IAP_CFLAGS="$IAP_CFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"
  ])
])
