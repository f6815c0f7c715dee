import type { MessageKey } from './en.js';

export const fr: Readonly<Record<MessageKey, string>> = {
  appName: 'Recto',
  title: 'Qu’est-ce qui ne va pas avec mon jeton ?',
  intro:
    'Collez ce que vous avez. Vous voyez ce qu’un serveur de documents en fait, et ce qu’il faut changer pour que le document s’ouvre.',
  languageChoice: 'Langue',

  inputLabel: 'Ce que vous avez',
  inputPlaceholder:
    'Un jeton, une configuration en JSON, JavaScript, PHP ou Blade, une requête ou une ligne curl, une ligne d’un journal, un environnement…',
  example: 'Essayer un exemple',
  clear: 'Effacer',
  privacy:
    'Ce que vous collez reste entre cette page et ce serveur ; rien n’est conservé ni journalisé.',

  purposeLabel: 'Le jeton sert à',
  purposeUnknown: 'Je ne sais pas',
  purposeOpen: 'Ouvrir un document',
  purposeCommand: 'Appeler le service de commandes',
  purposeConvert: 'Appeler le service de conversion',
  purposeCallback: 'Un rappel (callback) du serveur de documents',
  purposeDownload: 'Un téléchargement par le serveur de documents',
  purposeMethod: 'Une autre méthode de l’éditeur',

  secretsLabel: 'Secrets que le serveur peut avoir',
  secretsHint: 'Facultatif. Avec un secret, la signature est vérifiée aussi.',
  secretNumber: 'Secret {number}',
  secretShow: 'Afficher le secret {number}',
  secretHide: 'Masquer le secret {number}',
  secretRemove: 'Retirer le secret {number}',
  secretAdd: 'Ajouter un secret',

  findings: 'Constats',
  emptyTitle: 'Les constats apparaissent ici pendant la saisie',
  emptyText: 'Tout ce qui contient un jeton, ou devrait en contenir un, est utile :',
  emptyToken: 'le jeton lui-même, trois parties séparées par des points',
  emptyConfig: 'la configuration que reçoit la page, ou le code qui la produit',
  emptyRequest: 'une requête au serveur de documents, avec sa réponse',
  emptyLog: 'une ligne du journal du serveur ou de la console du navigateur',
  emptyTogether: 'Plusieurs ensemble en disent plus que chacun seul.',

  kind_token: 'Lu comme un jeton',
  kind_config: 'Lu comme la configuration d’un éditeur',
  kind_snippet: 'Lu comme du code qui produit une configuration',
  kind_request: 'Lu comme une requête',
  kind_answer: 'Lu comme une réponse',
  kind_log: 'Lu comme des lignes d’un journal',
  kind_environment: 'Lu comme un environnement',
  'kind_server-config': 'Lu comme la configuration d’un serveur',
  kind_unknown: 'Non reconnu',

  severity_fatal: 'Bloquant',
  severity_silent: 'Silencieux',
  severity_risk: 'Risque',
  severity_note: 'Remarque',
  meaning_fatal: 'C’est refusé, ou ne peut pas fonctionner.',
  meaning_silent: 'Cela fonctionne, avec une autre valeur que celle qui a été écrite.',
  meaning_risk: 'Cela fonctionne, mais quelqu’un peut en abuser, ou cela échouera un jour.',
  meaning_note: 'Bon à savoir.',

  rootCause: 'À corriger en premier',
  alsoFound: 'Autres constats',
  fine: 'Aucune erreur trouvée',
  toDo: 'Que faire',
  where: 'Emplacement',
  expected: 'Attendu',
  found: 'Trouvé',
  symptom: 'ONLYOFFICE affiche',
  docs: 'Documentation',
  copy: 'Copier les constats',
  copied: 'Copié',

  decoded: 'Le jeton décodé',
  decodedHint: 'Décodé dans votre navigateur, pour la lecture. La signature est omise.',
  header: 'En-tête',
  payload: 'Contenu',
  payloadUnreadable: 'Le contenu n’est pas du texte.',
  times: 'Dates',

  reading: 'Lecture…',
  announce: '{count} {count:one=constat :|other=constats. Le premier :} {first}',

  failedTitle: 'Pas de réponse',
  failure_tooLarge:
    'Ce qui a été collé dépasse 1 Mio. Collez la partie qui compte : le jeton, la configuration, la requête ou la ligne du journal.',
  failure_denied: 'Le serveur ne répond plus à cette page. Rechargez-la.',
  failure_tooMany:
    'Trop de mots de passe étaient faux. Attendez une minute, puis rechargez la page.',
  failure_unreachable:
    'Le serveur est injoignable. Vérifiez qu’il fonctionne, puis modifiez quelque chose pour redemander.',
  failure_broken:
    'Le serveur n’a pas pu expliquer ceci. Essayez `recto token explain` en ligne de commande, et signalez-le avec un texte sans secret.',
};
