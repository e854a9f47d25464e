"""Kinds of secrets as their vendors document them, made up at random: (kind, text that holds it, the secret in it)."""
import base64, random, string

L, U, D = string.ascii_lowercase, string.ascii_uppercase, string.digits
HEX, PLAIN, B32 = D + "abcdef", L + U + D, U + "234567"
URLSAFE, B64, LOWER = PLAIN + "-_", PLAIN + "+/", L + D


def draw(rng, letters, count):
    """Letters at random, with a digit among them as nearly every real key has."""
    word = [rng.choice(letters) for _ in range(count)]
    if D[5] in letters and not any(c in D for c in word): word[count // 2] = rng.choice(D)
    # A sign at the end is cut from sentences: real keys seldom have one there.
    if not word[-1].isalnum(): word[-1] = "k"
    if not word[0].isalnum(): word[0] = "k"
    return "".join(word)


def uuid(rng): return "-".join(draw(rng, HEX, n) for n in (8, 4, 4, 4, 12))


# Tokens that stand by themselves: prefix, alphabet, length.
BARE = """
aws-access:AKIA:B32:16 aws-temporary:ASIA:B32:16 aws-bearer:ABIA:B32:16 github-pat:ghp_:PLAIN:36 github-oauth:gho_:PLAIN:36 github-user:ghu_:PLAIN:36
github-server:ghs_:PLAIN:36 github-refresh:ghr_:PLAIN:36 github-fine:github_pat_:PLAIN:82 gitlab-pat:glpat-:URLSAFE:20 gitlab-deploy:gldt-:URLSAFE:20
gitlab-runner:glrt-:URLSAFE:20 gitlab-feed:glft-:URLSAFE:20 gitlab-trigger:glptt-:HEX:40 gitlab-job:glcbt-:PLAIN:24 gitlab-agent:glagent-:URLSAFE:50
gitlab-oauth:gloas-:URLSAFE:64 gitlab-scim:glsoat-:URLSAFE:20 gitlab-registration:GR1348941:URLSAFE:20 stripe-live:sk_live_:PLAIN:24 stripe-test:sk_test_:PLAIN:24
stripe-restricted:rk_live_:PLAIN:24 stripe-webhook:whsec_:PLAIN:32 google-api:AIza:URLSAFE:35 google-oauth:ya29.:URLSAFE:60 google-client:GOCSPX-:URLSAFE:28
npm:npm_:PLAIN:36 pypi:pypi-AgEIcHlwaS5vcmc:URLSAFE:80 rubygems:rubygems_:HEX:48 docker-pat:dckr_pat_:URLSAFE:27 digitalocean-pat:dop_v1_:HEX:64
digitalocean-oauth:doo_v1_:HEX:64 digitalocean-refresh:dor_v1_:HEX:64 sendgrid:SG.:URLSAFE:66 sendinblue:xkeysib-:HEX:64 vault-service:hvs.:URLSAFE:95
vault-batch:hvb.:URLSAFE:140 vault-legacy:s.:PLAIN:24 shopify-access:shpat_:HEX:32 shopify-custom:shpca_:HEX:32 shopify-private:shppa_:HEX:32 shopify-shared:shpss_:HEX:32
linear:lin_api_:PLAIN:40 postman:PMAK-:HEX:24 prefect:pnu_:PLAIN:36 readme:rdme_:LOWER:70 notion:ntn_:PLAIN:46 figma:figd_:URLSAFE:40 typeform:tfp_:URLSAFE:59
frameio:fio-u-:URLSAFE:64 supabase:sbp_:HEX:40 contentful:CFPAT-:URLSAFE:43 tailscale:tskey-auth-:PLAIN:34 posthog:phc_:PLAIN:43 square-secret:sq0csp-:URLSAFE:43
square-access:sq0atp-:URLSAFE:22 square-token:EAAA:URLSAFE:60 facebook-page:EAAC:PLAIN:110 age-key:AGE-SECRET-KEY-1:U:58 adobe:p8e-:LOWER:32 databricks:dapi:HEX:32
pulumi:pul-:HEX:40 planetscale-token:pscale_tkn_:URLSAFE:43 planetscale-password:pscale_pw_:URLSAFE:43 planetscale-oauth:pscale_oauth_:URLSAFE:43 alibaba:LTAI:PLAIN:20
artifactory-key:AKCp:PLAIN:69 artifactory-ref:cmVmd:PLAIN:59 yandex-api:AQVN:URLSAFE:36 clojars:CLOJARS_:LOWER:60 scalingo:tk-us-:URLSAFE:48 doppler:dp.pt.:PLAIN:43
duffel-live:duffel_live_:URLSAFE:43 duffel-test:duffel_test_:URLSAFE:43 easypost:EZAK:PLAIN:54 easypost-test:EZTK:PLAIN:54 flutterwave:FLWSECK_TEST-:HEX:32
flyio:fo1_:URLSAFE:43 grafana-cloud:glc_:B64:60 grafana-service:glsa_:PLAIN:32 newrelic-user:NRAK-:LOWER:27 newrelic-insert:NRII-:LOWER:32 newrelic-browser:NRJS-:HEX:19
settlemint-app:sm_aat_:PLAIN:16 settlemint-user:sm_pat_:PLAIN:16 sentry-user:sntryu_:HEX:64 sentry-org:sntrys_eyJpYXQiO:B64:90 shippo:shippo_live_:HEX:40
sonar:squ_:HEX:40 sourcegraph:sgp_:HEX:40 openshift:sha256~:URLSAFE:43 octopus:API-:U:26 clickhouse:4b1d:PLAIN:38 dropbox-short:sl.:URLSAFE:135 mailgun:key-:HEX:32
atlassian:ATATT3:URLSAFE:186 bitbucket-app:ATBB:PLAIN:32 openai:sk-:PLAIN:48 openai-project:sk-proj-:URLSAFE:74 anthropic:sk-ant-api03-:URLSAFE:93
perplexity:pplx-:PLAIN:48 groq:gsk_:PLAIN:52 replicate:r8_:PLAIN:37 huggingface:hf_:PLAIN:34 nvidia:nvapi-:URLSAFE:64 xai:xai-:PLAIN:80 pinecone:pcsk_:PLAIN:66
langsmith:lsv2_pt_:HEX:32 buildkite:bkua_:HEX:40 circleci:CCIPAT_:PLAIN:40 infracost:ico-:PLAIN:32 launchdarkly-sdk:sdk-:UUID:1 razorpay:rzp_live_:PLAIN:14
slack-bot:xoxb-:SLACK:24 slack-user:xoxp-:SLACK:32 slack-app:xapp-1-A0:U:60 slack-legacy:xoxs-:SLACK:30 slack-refresh:xoxe-1-:U:146 netlify:nfp_:PLAIN:40
nuget:oy2:LOWER:43 crates:cio:PLAIN:32 dynatrace:dt0c01.:U:24 mandrill:md-:PLAIN:22 mapbox:sk.eyJ:PLAIN:80 plaid:access-production-:UUID:1 amazon-mws:amzn.mws.:UUID:1
""".split()

# Keys that are told by the name in front of them: name, alphabet, length.
NAMED = """
adafruit:adafruit_io_key:URLSAFE:32 adobe-client:adobe_client_id:HEX:32 airtable:airtable_api_key:PLAIN:17 algolia:ALGOLIA_API_KEY:LOWER:32 alibaba:alibaba_secret_key:LOWER:30
asana:asana_client_secret:LOWER:32 atlassian:jira_api_token:LOWER:24 beamer:beamer_api_token:URLSAFE:44 bitbucket:bitbucket_client_secret:URLSAFE:64 bittrex:bittrex_access_key:LOWER:32
cloudflare:CLOUDFLARE_API_KEY:URLSAFE:40 cloudflare-global:cloudflare_global_api_key:HEX:37 codecov:CODECOV_TOKEN:LOWER:32 cohere:CO_API_KEY:PLAIN:40 coinbase:coinbase_access_token:LOWER:64
confluent:confluent_secret_key:LOWER:64 contentful:contentful_delivery_token:URLSAFE:43 datadog:DATADOG_API_KEY:LOWER:40 discord:discord_client_secret:URLSAFE:32 drone:droneci_access_token:LOWER:32
dropbox:dropbox_api_secret:LOWER:15 etsy:etsy_access_token:LOWER:24 facebook:facebook_app_secret:HEX:32 fastly:FASTLY_API_TOKEN:URLSAFE:32 finicity:finicity_api_token:HEX:32
finnhub:finnhub_token:LOWER:20 flickr:flickr_access_token:LOWER:32 freshbooks:freshbooks_access_token:LOWER:64 gitter:gitter_access_token:URLSAFE:40 heroku:HEROKU_API_KEY:UUID:1
hubspot:hubspot_api_key:UUID:1 intercom:intercom_api_key:URLSAFE:60 kraken:kraken_access_token:B64:80 kucoin:kucoin_secret_key:UUID:1 launchdarkly:launchdarkly_access_token:URLSAFE:40
linear:linear_client_secret:HEX:32 linkedin:linkedin_client_secret:LOWER:16 messagebird:messagebird_api_token:LOWER:25 mattermost:mattermost_access_token:LOWER:26 meraki:meraki_api_key:HEX:40
nytimes:nytimes_access_token:URLSAFE:32 okta:okta_api_token:URLSAFE:42 plaid:plaid_secret_key:LOWER:30 privateai:privateai_api_key:LOWER:32 rapidapi:rapidapi_access_token:URLSAFE:50
sendbird:sendbird_access_token:HEX:40 snyk:SNYK_TOKEN:UUID:1 sonar:sonar_login:URLSAFE:40 squarespace:squarespace_access_token:UUID:1 sumo:sumologic_access_token:LOWER:64
travis:travis_token:LOWER:22 twitch:twitch_api_token:LOWER:30 twitter:twitter_api_secret:LOWER:50 zendesk:zendesk_secret_key:LOWER:40 aws-secret:aws_secret_access_key:B64:40
azure-storage:AccountKey:B64:86 azure-client:AZURE_CLIENT_SECRET:URLSAFE:34 gcp-key:gcp_private_key:HEX:40 npm-auth:_authToken:UUID:1 jwt-secret:JWT_SECRET:PLAIN:32 django:SECRET_KEY:PLAIN:50
rails:secret_key_base:HEX:64 laravel:APP_KEY:B64:44 flask:flask_secret_key:HEX:48 encryption:encryption_key:HEX:64 signing:signing_key:PLAIN:40 webhook:webhook_secret:PLAIN:32
oauth-access:access_token:URLSAFE:40 oauth-refresh:refresh_token:URLSAFE:40 oauth-id:id_token:URLSAFE:60 session:session_token:PLAIN:40 csrf:csrf_token:PLAIN:32 license:license_key:U:25
hmac:hmac_key:HEX:64 master:MASTER_KEY:HEX:32 auth:auth_token:PLAIN:32 x-api:X-API-Key:PLAIN:32 x-auth:X-Auth-Token:PLAIN:32 api:apiKey:PLAIN:32 client:clientSecret:PLAIN:32
db:DB_PASSWORD:PLAIN:12 pg:PGPASSWORD:PLAIN:12 mysql:MYSQL_ROOT_PASSWORD:PLAIN:12 redis:REDIS_PASSWORD_PROD:PLAIN:12 smtp:smtp.password:PLAIN:12 spring:spring.datasource.password:PLAIN:12
ldap:ldap_bind_passwd:PLAIN:12 pwd:pwd:PLAIN:12 passphrase:passphrase:PLAIN:14 pass:userpass:PLAIN:12 credential:credentials:PLAIN:24
""".split()

# Secrets told by their place: the text, with @@ where the secret stands.
PLACES = [
    ('postgres-url', 'postgres://svc:@@@db:5432/x'),
    ('mysql-url', 'mysql://root:@@@mysql/shop'),
    ('mongo-url', 'mongodb+srv://u:@@@cluster0.example.net/d?retryWrites=true'),
    ('redis-url', 'redis://:@@@cache:6379/0'),
    ('amqp-url', 'amqp://user:@@@broker:5672/v'),
    ('https-url', 'https://bot:@@@git.example.com/r.git'),
    ('url-slash', 'postgres://svc:pW/@@@db:5432/x'),
    ('url-hash', 'postgres://svc:pW#@@@db:5432/x'),
    ('url-question', 'mysql://svc:p?@@@db/x'),
    ('url-token', 'https://@@@github.com/a/b'),
    ('jdbc', 'jdbc:postgresql://db/x?user=a&password=@@&ssl=true'),
    ('sqlserver', 'Server=db;Database=x;User Id=sa;Password=@@;Encrypt=true'),
    ('odbc', 'Driver={ODBC};Uid=a;Pwd=@@;'),
    ('query-token', 'GET /v1/items?access_token=@@&page=2'),
    ('query-key', 'GET https://maps.example/api?key=9&api_key=@@'),
    ('sas', 'https://a.blob.core.windows.net/c/b?sv=2022&sig=@@'),
    ('amz-signature', 'https://s3/x?X-Amz-Credential=a&X-Amz-Signature=@@'),
    ('bearer', 'Authorization: Bearer @@'),
    ('bearer-alone', 'sent Bearer @@ to upstream'),
    ('token-header', 'Authorization: Token @@'),
    ('proxy-header', 'Proxy-Authorization: Basic @@'),
    ('cookie', 'Cookie: sid=@@; theme=dark'),
    ('set-cookie', 'Set-Cookie: session=@@; Path=/; HttpOnly'),
    ('json', '{"user":"a","password":"@@"}'),
    ('json-escaped', '{\\"api_key\\": \\"@@\\"}'),
    ('yaml', 'password: @@'),
    ('yaml-quoted', "password: '@@'"),
    ('ruby-hash', ":password => '@@'"),
    ('xml', '<password>@@</password>'),
    ('xml-attribute', '<add key="Password" value="@@" />'),
    ('otel-attribute', '{"key":"db.password","value":{"stringValue":"@@"}}'),
    ('k8s-env', '{"name":"DB_PASSWORD","value":"@@"}'),
    ('option', 'mytool --password @@ --verbose'),
    ('option-equals', 'mytool --password=@@'),
    ('option-token', 'deploy --token @@'),
    ('option-key', 'deploy --api-key @@'),
    ('curl-user', 'curl -u admin:@@ https://host/x'),
    ('curl-header', 'curl -H "X-Api-Key: @@" https://host/x'),
    ('mysql-option', 'mysql -uroot -p@@ shop'),
    ('sshpass', 'sshpass -p @@ ssh host'),
    ('docker-login', 'docker login -u a -p @@ registry'),
    ('redis-cli', 'redis-cli -h c -a @@ ping'),
    ('sentence', 'the password is @@'),
    ('sentence-was', 'password was changed to @@'),
    ('sentence-quoted', "login with password '@@' failed"),
    ('colon', 'Password: @@'),
    ('netrc', 'machine h login a password @@'),
    ('export', 'export API_TOKEN=@@'),
    ('python-dict', "{'secret': '@@'}"),
    ('tuple', "('password', '@@')"),
    ('url-encoded', 'password%3D@@'),
    ('go-struct', '{User:a Password:@@ Host:h}'),
    ('java-tostring', 'Config(user=a, password=@@, host=h)'),
    ('slack-webhook', 'https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/@@'),
    ('discord-webhook', 'https://discord.com/api/webhooks/123456789012345678/@@'),
    ('telegram', '123456789:AA@@'),
    ('npmrc', '//registry.npmjs.org/:_authToken=@@'),
    ('terraform', 'abcdefghijklm4.atlasv1.@@'),
    ('secret-words', 'AWS Secret Access Key: @@'),
]


def letters(name): return globals()[name]


def secret(rng, alphabet, count):
    if alphabet == "UUID": return uuid(rng)
    if alphabet == "SLACK": return "%s-%s-%s" % (draw(rng, D, 12), draw(rng, D, 12), draw(rng, PLAIN, int(count)))
    if alphabet == "U": return draw(rng, U + D, int(count))
    return draw(rng, letters(alphabet), int(count))


def luhn(rng, head, count):
    digits = [int(c) for c in head] + [rng.randrange(10) for _ in range(count - len(head) - 1)]
    total = sum(sum(divmod(2 * d, 10)) if i % 2 == 0 else d for i, d in enumerate(reversed(digits)))
    return "".join(map(str, digits)) + str(-total % 10)


def iban(rng, country, count):
    bban = draw(rng, D, count)
    number = int("".join(str(int(c, 36)) for c in bban + country + "00"))
    return "%s%02d%s" % (country, 98 - number % 97, bban)


def jwt(rng):
    part = lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return ".".join([part('{"alg":"HS256"}'), part('{"sub":"%s"}' % draw(rng, D, 10)), draw(rng, URLSAFE, 43)])


def kinds(rng):
    """All kinds, each with a text and the secret in it."""
    made = []
    for entry in BARE:
        name, prefix, alphabet, count = entry.split(":")
        key = prefix + secret(rng, alphabet, count)
        made.append(("bare " + name, "using %s for upstream" % key, key[len(prefix):]))
    signs = ["%s=%s", "%s: %s", '%s = "%s"', '"%s": "%s"', "%s => '%s'", "%s:%s"]
    for entry in NAMED:
        name, key, alphabet, count = entry.split(":")
        value = secret(rng, alphabet, count)
        made.append(("named " + name, rng.choice(signs) % (key, value), value))
    for name, text in PLACES:
        value = {"telegram": 33, "terraform": 60, "url-token": 24, "slack-webhook": 24, "discord-webhook": 68}.get(name, 14)
        value = draw(rng, PLAIN, value)
        made.append(("place " + name, text.replace("@@", value), value))
    key = "\\n".join(draw(rng, B64, 64) for _ in range(4))
    for kind in ("RSA ", "EC ", "OPENSSH ", "", "ENCRYPTED ", "DSA "):
        made.append(("key " + (kind.strip() or "PKCS8"), "-----BEGIN %sPRIVATE KEY-----\\n%s\\n-----END %sPRIVATE KEY-----" % (kind, key, kind), key[:64]))
    made.append(("key PGP", "-----BEGIN PGP PRIVATE KEY BLOCK-----\\n%s\\n-----END PGP PRIVATE KEY BLOCK-----" % key, key[:64]))
    made.append(("jwt", "token " + (j := jwt(rng)), j.split(".")[1] + "." + j.split(".")[2]))
    for name, head, count in (("visa", "4", 16), ("mastercard", "53", 16), ("amex", "37", 15), ("discover", "6011", 16)):
        number = luhn(rng, head, count)
        made.append(("card " + name, "charged card %s now" % number, number))
    number = luhn(rng, "4", 16)
    grouped = " ".join(number[i:i + 4] for i in range(0, 16, 4))
    made.append(("card grouped", "charged card %s now" % grouped, grouped))
    for country, count in (("DE", 18), ("GB", 18), ("FR", 23)):
        number = iban(rng, country, count)
        made.append(("iban " + country, "paid to %s today" % number, number))
    made.append(("azure-ad", "secret abc8Q~" + (v := draw(rng, URLSAFE, 33)), v))
    made.append(("mailchimp", "mailchimp %s-us12" % (v := draw(rng, HEX, 32)), v))
    made.append(("maxmind", "%s_%s_mmk" % (draw(rng, PLAIN, 6), v := draw(rng, PLAIN, 29)), v))
    made.append(("discord-bot", "bot MTA%s.%s.%s" % (draw(rng, PLAIN, 21), draw(rng, PLAIN, 6), v := draw(rng, URLSAFE, 27)), v))
    basic = base64.b64encode(("user:" + draw(rng, PLAIN, 12)).encode()).decode().rstrip("=")
    made.append(("basic", "Authorization: Basic " + basic, basic))
    return made


if __name__ == "__main__":
    import sys
    rng = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    for kind, text, value in kinds(rng): print("%s\t%s\t%s" % (kind, value, text))
