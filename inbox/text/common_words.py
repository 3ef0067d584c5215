"""French and English words that identify no case: function words, and words common in office letters.

The words are folded as in ``names.words``. Other forms of a word are found by its stem.
"""

import re

COMMON = frozenset(
    re.findall(
        r"\w+",
        """
    dessus dessous dedans devant derriere rendez ai aie ait alors apres aucun aucune aujourd aupres
    aussi autre autres avant avec avez avoir avons beaucoup bien car ceci cela celle celles celui
    cependant ces cet cette ceux chaque chez combien comme comment contre dans debut deja depuis des
    donc dont durant elle elles encore entre est etaient etait etant etes etions ete etre eux faire fais
    fait faite faites font fin fois grace hier hors ici ils jamais jusqu jusque juste laquelle lequel
    les lesquels leur leurs lors lorsque lui mais maintenant malgre meme memes mes mien moi moins mon
    moment nos notre notamment nous ont oui ou par parce parfois parmi pas pendant peu peut peuvent plus
    plusieurs pour pourquoi pourra pourrez pouvez pouvoir pouvons presque puis puisque quand que quel
    quelle quelles quelqu quelque quelques quels qui quoi rien sans sauf ses seul seule selon sera serez
    seront seulement si sien soit son sont sous souvent suis sur surtout tant tel telle tels tous tout
    toute toutes tres trop tu un une vers veuillez via voici voila vont vos votre vous vraiment ainsi
    afin ailleurs ensuite enfin toujours toutefois quant lieu rend about above after again against all
    also although always any anybody anyone anything are because been before being below between both
    but can cannot could did does doing done down during each either else even ever every everybody
    everyone everything few for from further had has have having her here hers him his how however into
    its itself just less like made make many may maybe might more most much must myself neither never
    nobody none nor not nothing now off often once one only other others our ours out over own perhaps
    please quite rather same shall she should since some somebody someone something still such than that
    the their theirs them themselves then there these they thing things this those though through thus
    too toward under until upon very was well were what whatever when where whether which while who whom
    whose why will with within without would yes yet you your yours yourself and another

    agent agents service services douane douanes douanier dossier dossiers signalement signalements
    signaler inspection personne personnes jour jours date temps heure heures semaine semaines mois
    annee fait faits information informations reponse reponses message messages question questions merci
    possible savoir dire dit dites ecrire ecrit voir vu vue donner donne prendre pris mettre mis aller
    venir venu rester suite suites besoin aide contact page portail delai droit loi mesure mesures
    protection avocat autorite element elements precision precisions detail details moyen facon cas
    point chose choses premier premiere dernier derniere nouveau nouvelle nouveaux nouvelles connaitre
    connu vie gens monde partie nom homme femme travail travailler attention important bonne bon grand
    grande petit petite vrai certain certaine different propre raison arriver arrive passe passer
    trouver trouve demander demande rendre recu recevoir utiliser lire lu examiner examine verifier
    verification transmettre transmis confirmer confirme preciser suivre suivi suivie proteger protege
    conserver conserve indiquer indique decrire decrit envoyer envoye informer informe ouvrir ouvert
    ouverte clore clos close cloture traiter traite decision equipe situation description document
    documents examen enquete verifications continuer continue attendre attendu reste devoir doit doivent
    devez pense penser croire semble sembler appeler appelle parler parle explique expliquer comprendre
    compris proposer propose permettre permet chercher cherche essayer changer change changement
    commencer commence finir termine tenir tenu garder porter rien nombre niveau exemple type forme sens
    titre effet concerne concerner concernant lien maniere exact exacte exactement simple simplement
    seuls difficile facile securite confidentiel confidentialite identite identifier remercie remercions
    bonjour cordialement habituel habituelle normal normale long longue court courte haut bas meilleur
    pire mal mieux autant entier entiere plein pleine proche loin pres

    officer officers customs report reports reported case cases file files inspectorate person persons
    people day days date time times hour hours week weeks month months year years fact facts information
    answer answers question questions thank thanks possible know known say said tell told write written
    see seen give given take taken put come came went get got need needs help contact page portal law
    measure measures lawyer authority detail details way kind last first new next good great small able
    want wanted use used read received work working worked name names man woman men women place part
    reason ask asked find found keep kept let look examine examined check checked verify verified send
    sent confirm confirmed describe described follow followed following protect protected protection
    indicate open opened close closed decision team teams situation description document documents
    review investigate investigation continue continued wait waiting remain remains should think thought
    believe seem seems call called speak talk explain understand understood allow allowed search try
    tried change changes changed start started begin began end ended hold held number level example type
    sense effect concern concerned concerning link exact exactly simple simply difficult easy safe
    safety secure confidential identity identify regards dear hello usual usually normal normally long
    short high low best better worse full near far right left show shown share shared move moved turn
    turned run running bring brought pass passed receive sure clear clearly early late later soon leave
    happen happened personnel personnelle personnels took takes gave gives made makes goes gone comes
    says sees knew knows thinks tells wrote writes applied apply applies done doing sends gets getting
    going coming taking giving making telling asking asks wants needed tries keeps
    """,
    )
)
