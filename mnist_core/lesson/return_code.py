"""Three words by which somebody comes back to their place in a class. Standard library only."""

from __future__ import annotations

import re
import secrets
from typing import Final

_WORDS: Final = """
    acorn agree air alarm album alert alley almond alone alpine amaze ankle apple april apron arch
    arena arm arrow art ash atlas attic august aunt autumn axis baby back bacon badge bag bake
    ball bamboo banana band bank bar bark barn basil basin basket bath bay beach beam bean bear
    beard bed bee beef bell bench berry big bike bird bite black blade blue board boat body bone
    book boot boss bottle bowl box boy braid brain branch bread brick bridge broom brown brush
    bubble bucket bulb bun bus bush butter button cabin cable cactus cake calf call camera camp
    canal candle canoe cap cape captain car card carpet carrot cart case castle cat cave cedar
    cello cement cent chain chair chalk chapel cheek cheese cherry chess chest chief child chin
    chip choir cider cinema circle city clay clean clerk cliff clock cloth cloud clover club coach
    coal coast coat cobweb cocoa coconut code coffee coin cold collar colour comb comet comic cook
    copper coral cord cork corn corner cotton couch count cousin cover cow crab cradle crane
    crayon cream creek crew crown cup curl curry curtain cushion dad daisy dance date dawn day
    deck deep deer desert desk dew dial diary dice dinner dish dive doctor dog doll donkey door
    dot double dove dozen dragon draw dream dress drift drill drink drop drum dry duck dune dust
    ear earth east easy echo edge eel egg eight elbow elephant elm emerald empty engine equal
    evening even exit eye fabric face fact fairy fall family fan farm feast feather fence fern
    ferry few field fig film fin find finger fir fire first fish five flag flame flat flea fleet
    flock floor flour flower fluff flute fly foam fog foil fold folk food foot forest fork form
    fort fossil four frame free fresh friday fridge friend frog frost fruit full funny fur future
    galaxy game garden garlic gate gem ghost giant gift giraffe girl glass globe glove glue goal
    goat gold goose grain grand grape graph grass gravel gravy great green grey grid ground group
    grove guest guide guitar gull gum gym hail hair half hall ham hammer hand harbour hard harp
    hat hay hazel head heap heart heat hedge heel helmet help hen herb hero high hill hinge hippo
    hobby hole holiday holly home honey hood hoof hook hope horn horse hose hotel hour house huge
    hut ice idea igloo inch ink inn insect iris iron island ivory ivy jacket jam january jar jeans
    jelly jet jewel job jog join joke journey judge jug juice july jump june jungle jury kayak
    kettle key kick kid king kiosk kite kitten kiwi knee knight knot label lace ladder lake lamb
    lamp land lane lantern large laser last late laugh laundry lava lawn lead leaf leap leather
    left leg lemon lens lesson letter lettuce level lid life lift light lily lime line linen lion
    list little lizard llama loaf lobby local lock log long loop loud lunch lung magnet maid mail
    main mango map maple marble march market mask mat match maze meadow meal medal melody melon
    memory menu metal meter middle mile milk mill mind mint minute mirror mitten model monday
    money monkey month moon morning moss moth motor mouse mouth movie much mud mug mule muscle
    museum mushroom music mustard napkin narrow neck needle neighbour nest net new nickel night
    nine noodle noon north nose note novel number nurse nut oak oar oasis oat ocean october
    office oil old olive one onion open opera orange orbit orchard organ ostrich oval oven own ox
    oxygen oyster page paint pair palace palm pan paper parade parcel park parsley part party
    path patio paw pea peach peak peanut pear pearl pebble pedal pen pencil people pepper perfume
    petal phone photo piano picnic picture pie piece pier pig pigeon pillow pilot pine pink pipe
    pizza place plain planet plant plaster plate plaza plum plus pocket poem point pole pond
    pool poppy porch port post potato powder prince print prize puddle pudding pump pumpkin puppet
    puppy purple purse puzzle pyramid quarter queen quest quilt rabbit race radar radio radish
    raft rail rain raisin ram ranch rattle ray recipe record red reed reef ribbon rice rich
    riddle ride right ring rise river road roast rock rocket roll roof room root rope rose round
    route row rubber ruby rug ruler rumble run saddle safari safe sail salad salt sand sandal
    satin sauce saucer scale scarf scene school science scout screen sea season seat second seed
    sentence seven shade shadow shape shed sheep sheet shelf shell shelter shirt shoe shop shore
    short shovel show shower shut side sign silk sing sink siren sister six size skate sketch ski
    skirt sky sleep sleeve slice slide slope slow small smile smoke snack snail snake snow soap
    sock sofa soft soil solar song soup south space spark speech spice spider spinach spiral
    spoon sport spring square stable stadium staff stage stairs stamp stand star station statue
    steam steel stem step stew stick stone stool storm story stove straw stream street string
    studio sugar suit summer summit sun sunday surf sweater sweet swim swing switch syrup table
    tailor talent tall tango tape target task taxi tea teacher team teapot temple ten tennis tent
    test thick thimble thin third thread three throat thumb thunder thursday ticket tide tie
    tile time tin tiny title toast toe tomato ton tooth top torch tour towel tower town toy track
    trail train tray treasure tree triangle trio trophy truck trumpet trunk tub tube tuesday
    tulip tuna tundra tunnel turn twelve twig twin two umbrella uncle uniform valley valve van
    vanilla vase vault velvet verse video village vine violet violin visit voice volcano wagon
    waist walk wall wallet walnut waltz wand water wave wax way weather wedding week west whale
    wheat wheel whisper whistle white wide wild willow wind window wing winter wire wish wolf
    wood wool word work world wrist yard yarn year yellow yoghurt young zero zigzag zinc zipper
    anchor apricot balcony barrel blanket bonfire bracelet cabbage calendar campfire cupboard
"""

WORDS: Final = tuple(_WORDS.split())
"""More than a thousand, of at most nine letters, so that three have 30 bits.

Of a class of forty, one is hit in about two years by whoever tries a hundred in five minutes, day
and night, which is all that a server looks at.
"""

_A_WORD: Final = re.compile("[a-z]+")


def new_return_code() -> str:
    """Draw three words: "maple tunnel seven"."""
    return " ".join(secrets.choice(WORDS) for _ in range(3))


def read_return_code(typed: str) -> str:
    """Return the words that somebody means, however they are written: "Maple-Tunnel, seven"."""
    return " ".join(_A_WORD.findall(typed[:100].lower()))
