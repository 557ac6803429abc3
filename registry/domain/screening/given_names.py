"""Given and family names that are common somewhere in the world; public knowledge, written down by hand.

Those that are also words, places, products or months are listed apart: they need more around them to be a name.
"""

from __future__ import annotations

from unicodedata import combining, normalize


def _words(text: str) -> frozenset[str]:
    """The words, each also without its accents."""
    plain = ("".join(one for one in normalize("NFKD", word) if not combining(one)) for word in text.split())
    return frozenset((*text.split(), *plain))


GIVEN = _words(
    """
    aaliyah aaron abbas abdallah abdul abdullah abdulrahman abebe abel abena abigail abraham adaeze adaora adele
    aditi aditya adolfo adrian adriana adrien agata agnes agneta agnieszka agustin ahmad ahmed aidan aiden aigerim
    aiko aileen ailsa aino aisha aishwarya ajay akemi akiko akinyi akira akosua alain alan alana alastair albert
    alberto alda aled alejandra alejandro aleksandar aleksandr aleksandra alena alessandra alessandro alessia
    alexander alexandra alexandre alexandru alexei alexey alexis alfie alfonso alfred alfredo ali alice alicia alina
    alison alistair allison alma alvaro alyssa amadou amanda amara amelia amelie amina aminata amir amit amita
    amparo amy ana anand ananya anastasia anaya anders andre andrea andreas andrei andrej andres andrew andrey
    andrzej anette angela angeles angelina angelo angharad angus aniket anil anirudh anita anja anjali ann anna
    annabel annalisa anne annegret annelise annette annika anthony antoine anton antonella antonia antonin antonio
    antti anya aoife arantxa arjun armando arnaud arne arnold arthur arturo arvid asha ashish ashley ashok asmaa
    astrid atsuko audrey aurelie aurora ayaan ayesha ayla aylin ayodele ayse azadeh babajide barbara barnaby bartosz
    beata beatrice beatriz begoña behnam belen belinda ben benedict benedikt bengt benjamin benoit bernadette
    bernard bernardo bernd bernhard bertrand beth bethany bettina bhavna bianca bilal birgit birgitta bjorn björn
    blanca bogdan boris bożena brandon branislav brenda brendan brent brian bridget brigitte britta bronwen bruce
    bruno bryan burak caitlin callum calvin cameron camilla camille camilo caoimhe carina carla carlo carlos
    carlotta carmen carol carole carolina caroline carolyn carsten caspar catalina catarina caterina catherine cathy
    cecile cecilia celeste celia celine cesar chandra chantal charles charlie chetan chiamaka chiara chidera chidi
    chidinma chinedu chinonso chinwe chioma chloe chloé chris christa christian christiane christina christine
    christoph christophe christopher chukwuemeka ciara cillian clara clarissa claudia clemens clement clementine
    colin connor conor constance consuelo corinne cornelia cosmin cristian cristiana cristina cynthia cyril dagmar
    dagny daisuke damian damien dan dana daniel daniela danielle danilo danuta daria dariush dariusz darnell darren
    dave david davide dawid dawn deborah debra declan deepak deepika deirdre delphine denise dennis derek deshawn
    desmond detlef diana diane diarmuid diego dieter dietrich dilnoza dimitri dimitrios dina dirk divya dmitri
    dmitry dolores dominic dominik dominika dominique donald donatella donna dorota dorothea dorothy douglas dragan
    duncan dusan dylan edgar edith eduardo edward edwin eero efua eija eileen eirik ekaterina ekow elaine eleanor
    elena eleni elias elif elijah elin elisa elisabeth elise elizabeth ella ellen elliot elodie eloise elon elsa
    elsie elvira emeka emil emile emilia emiliano emilie emilio emily emine emma emmanuel emmanuelle emre
    encarnacion enrico enrique eoin eric erica erik erika erin ernesto ernst erwin esperanza esra esteban estelle
    esther ethan etienne eugene eugenia eun eva evan evelyn ewa ewan ewelina ezra fabian fabienne fabio fabrice
    facundo fadi farai farhad farida fatima fatou fatoumata federica federico felicia felicity felipe felix fermin
    fernanda fernando filip filippo finn fiona flavia flavio florian folasade francesca francesco francine francis
    francisca francisco franck franco francois franz françois françoise fred freddie frederic frederick frederik
    freya frida friedrich fritz frédéric fumiko gabriel gabriela gabriele gabriella gabrielle gareth garry gary
    gaspard gaurav gavin geert geoffrey george georgina gerald geraldine gerard gerardo gerd gerhard gethin gianluca
    gianni gideon gilbert gilles gina giorgio giovanna giovanni gisela giselle giulia giuliano giulio giuseppe
    gloria golnaz gonzalo goran gordon graciela grainne grażyna greg gregor gregory greta grzegorz guadalupe guido
    guillaume guillermo gulnara gunilla gunther gustav gustavo gwen gwendolyn göran habib hadiza halima halina hamid
    hamish hamza hana hanna hannah hannes hans harald harish harold harriet harry haruka haruki haruto hasan hassan
    heather hector hedwig heidi heike heiko heinrich heinz helen helena helene helga helmut henning henri henrietta
    henrik henrike henry herbert herman hermann hideo hilary hilda hiroko hiroshi hiroto holger horst hortense
    howard hubert huda hugh hugo hui humberto husain hussain hussein hyun håkan iain ian ibrahim ifeanyi ifeoma
    ignacio igor ikram ilaria ildiko ilkka ilona ilse imani imara imran ines inga ingeborg ingrid ingvar inigo
    inmaculada ioana ioannis irena irene ireneusz irina irma isaac isabel isabella isabelle isaiah ishaan isla
    ismail ivan ivana ivo izabela iñigo jaap jack jackie jacob jacqueline jacques jadwiga jae-hyun jaime jakob jakub
    jamal james jamie jamila jan jane janet janice janina janine janusz jared jarek jari jaroslav jasmin jason
    jasper javier jay jayden jean jeanne jeff jeffrey jelena jen jenna jennifer jenny jens jeremiah jeremy jerome
    jerzy jesper jesse jessica jesus ji-woo jill jim jimena jimmy jin jing jitka joachim joan joana joanna joanne
    joao joaquin joaquín jochen jodie joe joel johan johanna johannes john johnny jolanta jon jonas jonathan
    jonathon joost jorge joris jose josef josefina joseph josephine joshua josé joyce joão juan juanita judith juha
    jukka jules julian juliana juliane julie julien juliet julio julius jun junko jurgen justin justine justyna
    jutta jyoti jérôme jürgen kaisa kaito kamal kamala kamila kareem karen karim karin karina karl karla karolina
    karsten kasia katarina katarzyna kate kateryna katharina katherine kathleen kathrin kathryn kathy katie katja
    katrin katsuo kaveh kavita kayla kazimierz kazuo keiko keir keira keisha keith kelechi kelly ken kenichi kenji
    kenneth kenta kerry kerstin kevin khadija khalid khalil kimmo kinga kiran kirsten kirstin kirsty klara klaus
    kofi kojo konstantin krishna kristen kristian kristin kristina kristof krystyna krzysztof ksenia kumar kurt
    kwabena kwaku kwame kweku kwesi kyle kyoko ladislav lakshmi lara larissa larry lars latisha latoya laura lauren
    laurence laurent laurie layla lea leah leander leandro leif leila lena lenka lennart leo leon leonard leonardo
    leonie leonor leszek leticia lev lewis liam lidia liisa lila lillian lina linda lindiwe lindsay lindsey linh
    linnea lisa lisbeth liv livia liz ljubica lloyd logan lois lola lorena lorenzo loretta lori lorraine lothar
    louis louisa louise lourdes luc luca lucas lucia luciana luciano lucie lucien lucille lucinda lucy ludmila
    ludovic ludwig ludwik luigi luis luisa luiza lukas lukasz luke lutz lydia lynn maarten maartje macarena maciej
    madeleine madhuri magda magdalena magnus mahesh mahmoud mahsa mairi maja makoto malcolm malgorzata malik malin
    mamadou manfred manish manoj manon manuel manuela manuella marc marcel marcela marcelo marcin marco marcos
    marcus marek margaret margarita margaux margot margrit maria mariam mariama mariana marianne marie mariela
    marija marika mariko marilyn marina mario marion marisa marisol marit marius mariusz marjorie marketa markku
    marko markus marlene marlon marquis marta martha marthe martin martina martine mary maryam maría masahiro masato
    mateo mateusz mathias mathieu mathilde matias matilda mats matteo matthew matthias matthieu matti mattias
    maureen maurice mauricio maurizio max maxim maxime maximilian maya małgorzata meera megan mehdi mehmet mehran
    mei melanie melinda melissa mercedes meredith merve mia micah michael michaela michal michał michel michela
    michele michelle michiko miguel mihai mika mikael mikhail mikkel mila milan milena miles milica milos min-jun
    mina ming minh minh-anh minna miranda miriam mirjam mirko miroslav mirosław mitchell mohamed mohammad mohammed
    mohsen moira molly monica monika monique morag morgane moritz moses mostafa muhammad muhammed mukesh mustafa
    myriam mónica nabil nadia nadine nadja nagisa nanami nancy nandini naomi narendra narges nasra nasrin natalia
    natalie nataliya natasha nathalie nathan nathaniel naveen navid neha neil nelly nelson ngozi nia niall niamh
    nicholas nick nicola nicolae nicolas nicole niels nigel nikhil niklas niko nikola nikolai nikolaos nikolas nina
    nisha nitin nkechi noah noel noelia noemi nomvula noor nora norbert noriko norma norman nour nuno nurlan núria
    obinna octavio odile oksana ola olaf ole oleg oleksandr olena olga olgierd oliver olivia olivier oluwaseun omar
    omari ondrej orla orlando oscar oskar osman otto owen ozlem pablo padma padraig pamela pankaj paola paolo parisa
    parviz pascal patrice patricia patricio patrick patrik patryk paul paula paulina pauline paulo pavel pavla pawel
    paweł pedro peggy pekka penelope per percy pernilla peter petr petra petros philip philipp philippa philippe
    phoebe pia pierre pieter pietro pilar piotr polly pooja prabhakar prakash pranav prasad priscilla priti priya
    priyanka przemysław päivi quang quentin rachael rachel radek rafael rafal raffaele raffaella raghav rahul rainer
    raj rajesh rajiv rakesh ralf ralph ramesh ramon ramona randall randy raphael raphaël raquel rashid raul ravi
    raymond rebecca recep reena regina reiko reinhard rekha renata rene renee rené renée reza rhys ricardo riccardo
    richard riikka rishi rita ritika ritu robert roberta roberto robyn rocio rocío roderick rodrigo roger rohan
    rohit roland rolf romain roman romana ronald ronan ronja rosa rosalia rosalind rosamund rosanna rosario rosemary
    rosie rosita ross rowan roxana roxanne roy roya ruairi ruben rudolf rui rukia rupert ruslan russell rustam
    rutendo ruth ryan ryo sabine sabrina sachin sadia sakura salma salman salvador salvatore sam samantha samir
    samira samuel sana sandeep sandra sandrine sanjay sanna santiago santosh saoirse sara sarah sasha saskia satoshi
    satu saul scott sean sebastian sebastien selim selma seo seppo serena serge sergei sergey sergio seth seung
    severin shabnam shadi shahid shalini shanice shaniqua shannon sharon shaun shauna sheila shelley sherry shinji
    shirin shirley shivani shreya shreyas shu shweta sibylle siddharth siddhi sidney siegfried sigrid silke silvia
    silvio simon simona simone sinead siobhan sipho sissel slavica sofia sofie soheil solange solomon sonia sonja
    soo-jin sophia sophie soren srinivas stacey stacy stanislav stanislaw stanisław stefan stefania stefanie stefano
    steffen stella stephan stephane stephanie stephen steve steven stewart stuart stéphane sue suleiman sumit sunil
    sunita surabhi suresh susan susana susanna susanne suzanne svea sven sven-erik svenja svetlana swati sylvain
    sylvia sylvie sylwia sébastien søren tadashi tadeusz taiwo takashi takeshi takumi talia tamara tamika tamsin
    tania tanja tanvi tanya tapio tara tariq tatiana tatjana tatsuya taylor-joy ted temi temitope tendai terence
    teresa terrence terry tessa thabo thandiwe thea themba theo theodor theodora theodore theresa therese thi thiago
    thierry thomas thorsten tiago tiffany tim timo timothy timur tina tobias todd tom tomas tomasz tommaso tommy
    tomás tony torbjörn torsten toshiko tracey tracy travis trevor tristan troels trond tuan tunde tushar tuula
    tuyet tyrone uchenna udo ulf ulrich ulrike uma umar ursula urszula usha uwe vaclav vadim vaishnavi valentin
    valentina valeria valerie valérie vanessa vanja varun vasile vasily venkat vera verena veronica veronika vicente
    vicky victor victoria vidya vijay vikas vikram viktor viktoria ville vinay vincent vincenzo vinod viola virginie
    vishal vitaly vivek vivian vivienne vlad vladimir vlasta volker volodymyr véronique wahid waleed walter waltraud
    wanda wanjiru warren waseem wayne wei wenceslao wendy werner wiesław wilfried wilhelm wilhelmina willem william
    wim winfried winston wojciech wolfgang wolodymyr wouter xavier xenia xiao ximena xin yael yan yann yannick yara
    yasaman yasemin yash yasmin yasmine yasuko yejide yetunde yevgeny yoko yolanda yosef yoshi youssef yuki yuko
    yuri yusuf yves yvette yvonne zachary zahra zainab zanele zara zaynab zbigniew zdenek zdenka zdzisław zeynep
    zhanna zodwa zoe zofia zoltan zoë zsofia zuri zuzana zuzanna åsa étienne łukasz
    """
)

# Also words, places, products, months or models.
UNSURE = _words(
    """
    alexa alice amber an angel april ariel art ash aspen august austin autumn basil bill bishop blake bob brook
    brooklyn candy carol carter chad chance charity charlotte chase chelsea christian christopher claude clay cliff
    cole crystal da daisy dale dallas dan dave dawn dean destiny dick do dolly don drew duke earl eden eve faith
    flora florence forest francis frank gemma gene georgia ginger grace grant gray guy harper hazel holly honor hope
    houston hui hunter india iris isla israel ivy jack jackson jade jan jasmine jasper jay jean jesus jet jin jordan
    joy julia jun june kay kent kit la lance lane laurel lee li liberty lily lincoln long lou madison mallory marina
    mark mason max may melody mercedes mercury mike milan miles min ming misty morgan myrtle nova ola olive opal
    orlando oscar otto pat pearl peggy penny per phil piper ray reed rich rick river rob robin rod roman rose ruby
    rusty sage said sam sana sandy santiago savannah sherlock shu skip sky sofia sonny stone storm su summer sunny
    sydney taylor ted terry tiger trent trudy tyler una val van victor victoria violet virginia wade ward washington
    wells will willow winter wolf woody xin zion
    """
)

FAMILY = _words(
    """
    abadi abbott abdi abe acosta adams adebayo adeleke adeyemi afolabi aguilar ahmad ahmed akhtar akpan alexander
    ali almeida alonso alvarez amadi amsel andersen anderson andersson ansah aoki appiah arslan asante bailey baker
    bakker balogun banerjee barnes barros bauer baumann becker begum bell bennett bergman bernard bhatt bianchi blom
    boateng bondarenko bos botha brennan brown bruno bryant budi byrne campbell cardoso carlsson carroll castillo
    castro celik chatterjee chaudhary chavez chen cheng chopra choudhury christensen clark clarke cohen collins
    colombo conti contreras costa cruz cunha czarnecki da-silva dahl das davies davis de-jong delgado demir desai
    deshmukh diallo dias diaz diop dlamini doherty dominguez dubois dumont dupont durand eriksen eriksson esposito
    evans eze fernandes fernandez fernández ferrari ferreira fischer fitzgerald flores fontaine fournier fuchs
    fujita gallagher garcia garcía gomes gomez goncalves gonzales gonzalez gonzález gonçalves greco gruber gupta
    gustafsson guzman gómez haddad hansen hansson harris hartmann hashimoto hassan hayashi hernandez hernández
    herrera hoang hoffmann horvat horvath huber hughes hussain ibrahim ito ivanov ivanova iyer jackson jain
    jankowski jansen jansson jensen jimenez johansen johansson johnson jones jovanovic kamara kaminski kang kapoor
    karlsson kato kaur kaya keita kelly kennedy khan khumalo kim kimura kirchner klein koch koffi kone kovac kovacs
    kowalczyk kowalski kozlov kraus krause krishnan kruger kumar kuznetsov lam larsen larsson lefebvre lehmann leroy
    lewandowski lindberg lindqvist lopes lopez lorenz ludwig lund lópez machado maier mancini marino marques marquez
    martinez martínez mbeki mcallister mccarthy mcdonald mcgrath mehta meier mendes mendez mendoza mensah meyer
    mishra mitchell molina molnar moore morales moreau moreira moreno moretti morris mueller muller murphy murray
    mutua mwangi müller naidoo nair nakamura ndiaye nel nelson nguyen nielsen nilsson nkosi novak nowak nunes
    ochieng oconnor odonnell ogawa ogunleye okafor okeke okeowo okonkwo okoro olofsson olsen olsson omondi onyango
    ortega ortiz osei otieno owusu ozturk parker patel pavlov pereira perez petersen peterson petrov petrova pham
    phiri pillai pinto popescu popov pretorius pérez quinn ramirez ramos ramírez rao rasmussen reddy reyes ribeiro
    ricci richter rivera roberts robinson rocha rodrigues rodriguez rodríguez romano romero rossi rousseau roux ruiz
    russo ryan saito salazar sanchez santos sasaki sato scharf schmidt schmitt schneider schroeder schulz schulze
    schwarz sharma shevchenko shimizu silva simonsen singh sithole smirnov smith soares sokolov sorensen sousa souza
    stewart suarez sullivan suzuki svensson szabo sánchez takahashi tanaka tembo thompson toth tran traore
    tshabalala turner vargas vasquez vega verma vogel volkov wagner walker walsh wambui watanabe weber white wilson
    wojcik wright yamada yamamoto yildiz yilmaz yoshida zhang zhao zhou zielinski zimmermann zulu
    """
)

# Families that stand before the given name.
FAMILY_FIRST = _words(
    """
    bae bui cao chan chang chen cheng cho choi chu chung dang deng ding dinh do duong fan fang feng gao guo han he
    ho hoang hu huang huynh jang jiang jin jung kang kim kwon lam le lee li liang lim lin liu long lu luo ma
    nakamura ngo nguyen ou pan park pham phan shen shi shin song su sun tan tanaka tang tao tian tran truong vo vu
    wang wei wen wong wu xie xu yan yang yao ye yoon yu yuan zeng zhang zhao zheng zhou zhu
    """
)
