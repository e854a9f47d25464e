// libxml2 includes ICU headers that clash with those of Foundation: switch them off before the reader is included.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>
#include <stddef.h>

/* Nothing is fetched, expanded or catalogued: the options that forbid it, as far as the version has them. */
static inline int hardened_xml_options(void) {
  int options = XML_PARSE_NONET;
#if LIBXML_VERSION >= 21300
  options |= XML_PARSE_NO_XXE;
#endif
#if LIBXML_VERSION >= 21400
  options |= XML_PARSE_NO_SYS_CATALOG;
#endif
  return options;
}

static inline xmlParserInputPtr _Nullable no_external_entity(const char *_Nullable url, const char *_Nullable id,
                                                             xmlParserCtxtPtr _Nullable context) {
  (void)url;
  (void)id;
  (void)context;
  return NULL;
}

static inline void forbid_external_entities(void) {
  xmlInitParser();
  xmlSetExternalEntityLoader(no_external_entity);
}

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

/* How many bytes of what was pushed the parser has stepped over. */
static inline size_t xml_position(xmlParserCtxtPtr _Nonnull context) {
  return context->input->consumed + (size_t)(context->input->cur - context->input->base);
}

/* The bytes at the parser's place, and how many are at hand. */
static inline const unsigned char *_Nullable xml_at_hand(xmlParserCtxtPtr _Nonnull context, size_t *_Nonnull count) {
  *count = (size_t)(context->input->end - context->input->cur);
  return context->input->cur;
}

/* The 1-based line of what was pushed. */
static inline int xml_line(xmlParserCtxtPtr _Nonnull context) { return context->input->line; }

static inline int xml_is_well_formed(xmlParserCtxtPtr _Nonnull context) { return context->wellFormed; }
static inline int xml_is_in_cdata(xmlParserCtxtPtr _Nonnull context) {
  return context->instate == XML_PARSER_CDATA_SECTION;
}
/* How many namespaces the open elements declare. */
static inline int xml_namespaces(xmlParserCtxtPtr _Nonnull context) { return context->nsNr; }

#pragma clang diagnostic pop
