"""Words around names: titles, what is no part of a name, and what shows that it is that of something else."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Kinds of organisations, works and places: a run of capitals that holds one of them is no person.
ORGANISATIONS = _words(
    """
    ab academy act ag agency ai airlines airport airways algorithm alliance amendment analytics api app article
    associates association authority avenue award bank bay beach benchmark bill board boulevard bridge bros brothers
    building bureau bv cafe capital cathedral center centre chemicals chronicle church city cli clinic cloud co code
    college commission committee company conference consortium convention corp corporation corpus council county
    court cyber daily data dataset day department digital directive disease effect electronics energy entertainment
    fellowship finance financial flash forum foundation framework fund games gazette gmbh group guardian hall herald
    holdings hospital hotel house inc index industries initiative institute institution insurance intelligence
    island islands journal lab laboratories laboratory labs lake law league lecture library llc ltd magazine market
    max medal media memorial method mini ministry ml model models mosque motors mountain museum music nano network
    news office os oy paradox partners pharma pharmaceuticals pictures plaza plc plus police post press prize pro
    program programme project protocol radio records regulation research restaurant review river road sa scale
    scholarship school sdk securities security semiconductor service services shop society software solutions sons
    square stadium state station store stores street studio studios summit syndrome systems team teams technologies
    technology temple test theorem times tower treaty tribune trust turbo tv ultra union university valley ventures
    """
)
# What follows a name that belongs to a thing.
THINGS_AFTER = _words(
    """
    act algorithm approach attack award benchmark chain chains chair cipher classifier corpus curve dataset
    department disease distribution effect equation estimator fellowship filter foundation fund hospital hypothesis
    index inequality institute law laws lecture library machine medal memorial method ministry model models network
    networks number numbers optimizer paradox principle prize process scale scholarship school score syndrome system
    test tests theorem theory transform university
    """
)
# What stands before a name of a place, a storm or an operation.
PLACE_BEFORE = _words(
    """
    camp cape cyclone east el fort hotel hurricane isla la lake las los lower mount mt new north operation point
    port project puerto rio saint san santa santo sao south st ste storm são the typhoon upper villa west
    """
)
# Months, days, places, peoples, companies, models and other words with a capital that are no family name.
NEVER_FAMILY = _words(
    """
    accounts actor adobe advanced africa african agent airbnb alibaba amazon amber america american amsterdam
    android angeles anthropic api appendix apple april arabic artificial asia asian assistant attackers attorney
    august australia australian austria austrian automatic aws azure baidu bard basic bear belgium berlin bible
    bitcoin blizzard blue boston bot brazil brazilian britain british brussels bytedance cairo california cambridge
    campaign canada canadian case cases chapter chat chatgpt chicago children china chinese christmas chrome class
    claude clear cloning cluster cobalt codex cohere command congress copilot counsel cpu crimson critical crystal
    csv cup customers dall-e danish day december deep deepfake deepmind deepseek default delhi demo denmark
    developers diffusion discord docker dragon dublin dutch eagle easter ebay egypt employees engineers england
    english enterprise ethereum europe european excel external facebook factor falcon february federal federation
    figure finland firefox florida france french friday gemini gemma general generative geneva german germany github
    gitlab global god google government gpt gpu graphql greece greek grok group guard guidelines haiku hamburg harm
    harms high hindi html http https huawei ibm incident india indian indonesia injection instagram instruct intel
    internal international internet ios ip iran iranian iraq israel israeli istanbul italian italy jade jakarta
    january japan japanese java javascript journalists jr json july june kenya kingdom kitten korea korean
    kubernetes kyiv lagos language large latin lazarus lesson lessons level linkedin linux lisbon llama london low
    machine madrid mandarin manila manual march medium melbourne members meta mexican mexico microsoft midjourney
    midnight milan mistral mitigation mixtral monday monero moscow multi mumbai munich nairobi national nations
    netflix netherlands neural nigeria nigerian norway note notes november nvidia oauth october office olympic
    olympics online open openai operation opus oracle oslo outlook oxford page pakistan panda paris parliament part
    paypal pdf people phase phi phoenix poland policies policy polish portugal portuguese prague premium primary
    privacy private prompt public python quran qwen ram ramadan record records red reddit release report republic
    researchers rest reviewers risk rome ruby rules russia russian rust safari safety salesforce sample samsung
    sandstorm saturday secondary section senate seoul september shadow shanghai shopify signal singapore single
    slack snapchat sonnet sora source spain spanish spider spotify sql sr stable stage standard star statement
    statements states step stockholm storm stripe students summary sunday sweden swedish swiss switzerland sydney
    table teams telegram tempest tencent terms test texas threat threats thursday tier tiger tiktok tokyo toronto
    trust tuesday turkey turkish twitter two type typescript typhoon uber ukraine ukrainian unit united unknown
    update url usb users version victims vienna vietnam vietnamese voice war warsaw washington weakness web
    wednesday whatsapp whisper windows word world york youtube zero zoom zurich
    """
)
# Words that begin sentences.
COMMON = _words(
    """
    a about above according across after against all along also although among an and another any anything are
    around as ask at attached bad bcc be because been before behind being below best between beyond both but by call
    can cc could das de dear der despite did die do does during each eight ein eine either el even every everybody
    everyone except few first five for four from furthermore fwd get give good great had has have he hello hence her
    here hey hi his how however i if in inside instead is it its just kind la las last later le les let los make
    many may meanwhile might more moreover most must my near neither new next nine no nobody nor not note nothing
    now of off old on once one only onto or other otherwise our outside over own please re read regards same second
    see sent seven several shall she should since sincerely six so some somebody someone something soon still
    subject such take ten thank thanks that the their then there therefore these they third this those though three
    through thus to today tomorrow too two un und under une until upon use used using very via was we were what when
    where which while who why will with within without would write yes yesterday yet you your
    """
)
# Organisations, products and things that bear two names; each is compared from its beginning.
WHOLE = (
    "alfred wegener",
    "baker mckenzie",
    "ben jerry",
    "ben nevis",
    "bertelsmann",
    "bob marley",
    "calvin klein",
    "carnegie mellon",
    "charles schwab",
    "dale chall",
    "eli lilly",
    "ernst young",
    "estee lauder",
    "frank castle",
    "fraunhofer",
    "friedrich ebert",
    "goldman sachs",
    "harley davidson",
    "heinrich böll",
    "hugo boss",
    "jack daniel",
    "jane street",
    "jean monnet",
    "jean paul",
    "jim beam",
    "john deere",
    "johnnie walker",
    "johns hopkins",
    "jp morgan",
    "kate spade",
    "konrad adenauer",
    "louis dreyfus",
    "louis vuitton",
    "marc jacobs",
    "marie skłodowska",
    "mary kay",
    "max delbr",
    "michael kors",
    "monte carlo",
    "morgan stanley",
    "papa john",
    "ralph lauren",
    "robert bosch",
    "ryan air",
    "scott base",
    "thomson reuters",
    "tim hortons",
    "tom tom",
    "tommy hilfiger",
    "trader joe",
    "victoria's secret",
    "virgin",
    "walt disney",
    "wendy's",
)

# What stands within a family name.
PARTICLES = _words(
    """
    al av ben bin da das de del della den der di dos du e el ibn la le ter und van von y zu
    """
)
# What stands before a name: a title, or an office.
TITLES = _words(
    """
    dame dr frau herr madame miss mme monsieur mr mrs ms mx prof professor rev reverend señor señora signor signora
    sir sr sra
    """
)
OFFICES = _words(
    """
    capt captain chancellor congressman congresswoman councillor detective governor imam inspector judge justice
    king lady lieutenant lord lt mayor minister officer pastor pope president prince princess queen rabbi senator
    sergeant sgt sheriff
    """
)
