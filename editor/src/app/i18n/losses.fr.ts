import type { LossWords } from './losses.js';

/** The words of each kind of loss, by its code. */
export const lossesFr: Readonly<Record<string, LossWords>> = {
  'unknown-function': {
    name: 'Fonctions inconnues ici',
    sentence:
      'La formule ne peut pas être calculée ici : au prochain calcul, une erreur remplace sa valeur.',
  },
  'what-if-table': {
    name: 'Tables de données (analyse de scénarios)',
    sentence: 'La table est supprimée, et les valeurs de ses cellules sont vidées.',
  },
  'outside-chart-data': {
    name: 'Graphiques sur les données d’un autre classeur',
    sentence: 'Les valeurs sont vidées, et le graphique est donc vide.',
  },
  'precision-as-shown': {
    name: 'Calcul avec les chiffres tels qu’ils sont affichés',
    sentence: 'Excel calcule de nouveau avec tous les chiffres ; des totaux peuvent donc changer.',
  },
  'cell-picture': {
    name: 'Images et types de données dans des cellules',
    sentence: 'La cellule reçoit l’erreur #VALEUR! à leur place.',
  },
  'header-picture': {
    name: 'Images dans les en-têtes et pieds de page de feuilles',
    sentence: 'Les images sont supprimées.',
  },
  'slide-equation': {
    name: 'Équations sur des diapositives',
    sentence: 'L’équation et le texte à côté sont supprimés, ou une image reste à leur place.',
  },
  'modern-comment': {
    name: 'Commentaires de versions récentes de PowerPoint',
    sentence: 'Les commentaires sont supprimés, avec leurs réponses.',
  },
  'newer-chart': {
    name: 'Graphiques de types récents, comme la cascade et le compartimentage',
    sentence: 'Le graphique est supprimé, ou une image reste à sa place.',
  },
  'imported-text': {
    name: 'Texte repris d’un autre document ou d’une autre partie',
    sentence: 'Le texte est supprimé.',
  },
  'equation-field': {
    name: 'Équations faites avec un champ EQ',
    sentence: 'L’équation est supprimée ; seul reste ce que le programme a affiché comme texte.',
  },
  'page-border-art': {
    name: 'Bordures de page faites d’images',
    sentence: 'La bordure est supprimée.',
  },
  'chart-description': {
    name: 'Textes de remplacement de graphiques',
    sentence: 'Les personnes qui ne voient pas le graphique n’entendent plus ce qu’il montre.',
  },
  macros: {
    name: 'Macros',
    sentence:
      'Elles ne sont jamais exécutées ici, et seul un fichier d’un type avec macros les garde.',
  },
  signatures: {
    name: 'Signatures numériques',
    sentence: 'Les signatures sont supprimées, car elles valent pour le fichier tel qu’il était.',
  },
  'threaded-comment': {
    name: 'Fils de commentaires d’un classeur',
    sentence: 'Chaque fil devient une seule ancienne note.',
  },
  slicers: {
    name: 'Segments et chronologies',
    sentence: 'Les segments sont supprimés. Ce qu’ils filtraient reste tel quel.',
  },
  'calculated-column': {
    name: 'Colonnes calculées de tableaux',
    sentence:
      'Les formules restent dans leurs cellules, mais une nouvelle ligne ne les reçoit pas d’elle-même.',
  },
  'dynamic-array': {
    name: 'Formules qui s’étendent aux cellules voisines',
    sentence: 'Elles deviennent des formules matricielles de taille fixe.',
  },
  'query-table': {
    name: 'Tableaux actualisés depuis une source',
    sentence: 'Les valeurs restent, mais ne peuvent plus être actualisées.',
  },
  'data-model': {
    name: 'Modèle de données d’un classeur',
    sentence: 'Le modèle est supprimé, et ce qui en est calculé ne peut plus être actualisé.',
  },
  'xml-map': {
    name: 'Mappages XML d’un classeur',
    sentence: 'Les mappages sont supprimés.',
  },
  'chart-sheet': {
    name: 'Feuilles qui sont un graphique',
    sentence: 'Le graphique est placé sur une feuille avec des cellules.',
  },
  'dialog-sheet': {
    name: 'Feuilles de dialogue ou d’anciennes macros',
    sentence: 'Elles deviennent des feuilles ordinaires.',
  },
  'custom-view': {
    name: 'Affichages personnalisés d’un classeur',
    sentence: 'Les affichages sont supprimés.',
  },
  'shared-workbook': {
    name: 'Historique d’un classeur partagé',
    sentence: 'L’historique des modifications est supprimé.',
  },
  'cell-checkbox': {
    name: 'Cases à cocher dans des cellules',
    sentence: 'Elles deviennent les mots VRAI et FAUX.',
  },
  control: {
    name: 'Contrôles avec macros (ActiveX)',
    sentence: 'Les contrôles sont supprimés, ou deviennent des images.',
  },
  diagram: {
    name: 'SmartArt dans un classeur, ou dans un groupe sur une diapositive',
    sentence: 'Les diagrammes deviennent des formes ordinaires.',
  },
  'slide-sections': {
    name: 'Sections de diapositives',
    sentence: 'Les diapositives gardent leur ordre, mais ne sont plus regroupées en sections.',
  },
  'slide-transition': {
    name: 'Transitions de versions récentes, comme Morphose',
    sentence: 'Des transitions plus simples les remplacent.',
  },
  'chart-data': {
    name: 'Données des graphiques sur des diapositives',
    sentence: 'Le graphique reste, mais ses données ne peuvent plus être modifiées.',
  },
  'slide-action': {
    name: 'Actions de formes qui lancent quelque chose ou attendent la souris',
    sentence: 'Les actions sont supprimées.',
  },
  'slide-zoom': {
    name: 'Zooms et modèles 3D',
    sentence: 'Une image reste à leur place.',
  },
  ink: {
    name: 'Encre',
    sentence: 'Une image reste à sa place, ou rien.',
  },
  'tracked-change': {
    name: 'Certaines modifications suivies : de cellules, de tableaux et de sections, et à l’intérieur d’autres',
    sentence: 'Les modifications deviennent définitives, ou appartiennent à une seule personne.',
  },
  'tracking-lock': {
    name: 'Protection qui n’admet que des modifications suivies',
    sentence: 'Tout le monde peut modifier le texte sans suivi.',
  },
  'if-field': {
    name: 'Champs avec une condition (IF)',
    sentence:
      'La condition est endommagée : son signe = et les champs qu’elle contient disparaissent, et elle ne peut plus être mise à jour.',
  },
  'index-entry': {
    name: 'Entrées d’index',
    sentence: 'Chaque entrée en reçoit une vide en dessous, qui apparaît quand l’index est refait.',
  },
  'mail-merge': {
    name: 'Préparation d’un publipostage',
    sentence: 'La source et les règles du publipostage sont supprimées. Ses champs restent.',
  },
  field: {
    name: 'Champs de types rares',
    sentence: 'Ils deviennent du texte simple ou sont endommagés, et ne sont plus mis à jour.',
  },
  'content-control': {
    name: 'Contrôles de contenu autour de paragraphes et de lignes',
    sentence: 'Ils deviennent des contrôles de texte simple, perdent leur titre ou sont supprimés.',
  },
  'online-video': {
    name: 'Vidéos en ligne',
    sentence: 'Une image avec un lien reste à leur place.',
  },
  'table-style': {
    name: 'Styles de tableaux dans un classeur ou sur des diapositives',
    sentence:
      'Le tableau perd son style : dans d’autres programmes, ses couleurs et ses bandes disparaissent ou ne suivent plus le thème.',
  },
  'cell-look': {
    name: 'Dégradés ou motifs de cellules, et texte centré sur plusieurs cellules',
    sentence: 'Des fonds unis et du texte centré les remplacent.',
  },
  'stop-if-true': {
    name: 'Mises en forme conditionnelles qui arrêtent les suivantes',
    sentence: 'Les suivantes s’appliquent aussi.',
  },
  'sparkline-date-axis': {
    name: 'Dates sous des graphiques sparkline',
    sentence:
      'Les points sont à distances égales à l’écran et dans un PDF ; le fichier garde les dates.',
  },
  'union-formula': {
    name: 'Formules avec une union de plages',
    sentence: 'L’union est mise entre parenthèses.',
  },
  'screen-tip': {
    name: 'Info-bulles de liens',
    sentence: 'Les info-bulles sont supprimées. Les liens restent.',
  },
  reading: {
    name: 'Lectures de caractères chinois (furigana)',
    sentence: 'Les lectures sont supprimées.',
  },
  'workbook-setting': {
    name: 'Réglages que seul Excel utilise : erreurs ignorées, cellules surveillées, ordre de tri, consolidation',
    sentence: 'Les réglages sont supprimés.',
  },
  'task-pane': {
    name: 'Compléments qui s’ouvrent avec le document',
    sentence: 'Ils ne s’ouvrent plus avec lui.',
  },
  'master-placeholder': {
    name: 'Espaces réservés du masque des diapositives',
    sentence: 'Le masque est vidé ; les dispositions ne le suivent donc plus.',
  },
  'placeholder-kind': {
    name: 'Types d’espaces réservés sur des diapositives',
    sentence:
      'Ils deviennent des espaces ordinaires, qu’une autre disposition peut placer autrement.',
  },
  'handout-master': {
    name: 'Masque des documents à distribuer',
    sentence: 'Il est supprimé.',
  },
  'slide-tag': {
    name: 'Données que des compléments gardent dans une présentation',
    sentence: 'Les données sont supprimées.',
  },
  guide: {
    name: 'Repères',
    sentence: 'Ils sont supprimés.',
  },
  'picture-effect': {
    name: 'Images recolorées',
    sentence:
      'L’image garde son aspect, ou ses propres couleurs, mais l’effet ne peut plus être modifié.',
  },
  'formula-field': {
    name: 'Champs avec une formule',
    sentence: 'La formule est écrite sous une autre forme, sans le format de son nombre.',
  },
  'style-name': {
    name: 'Identifiants de styles',
    sentence:
      'Les styles reçoivent d’autres identifiants, que des modèles et des programmes peuvent chercher.',
  },
  'text-tag': {
    name: 'Balises actives et balises XML autour de texte',
    sentence: 'Les balises sont supprimées. Le texte reste.',
  },
  'fitted-text': {
    name: 'Texte ajusté à une largeur, et tabulations qui suivent les marges',
    sentence: 'Du texte et des tabulations ordinaires les remplacent.',
  },
  'attached-template': {
    name: 'Lien vers le modèle du document',
    sentence: 'Le lien est supprimé.',
  },
  'comment-people': {
    name: 'Identité des auteurs de commentaires',
    sentence: 'Les noms restent, mais pas les comptes.',
  },
  'table-description': {
    name: 'Titres et descriptions de tableaux',
    sentence: 'Ils sont supprimés.',
  },
};
