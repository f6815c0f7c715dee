import type { MessageKey } from './en.js';

export const fr: Readonly<Record<MessageKey, string>> = {
  appName: 'Recto',
  title: 'Les derniers rappels',
  intro:
    'Ce que ce serveur a dit à votre application de ses documents (callbacks), et ce qu’elle a répondu. Le plus récent vient en premier.',
  languageChoice: 'Langue',

  filterLabel: 'Clé du document',
  filterPlaceholder: 'Tous les documents',
  failuresOnly: 'Échecs seulement',
  refresh: 'Actualiser',
  refreshed: 'Actualisé à {time}',
  live: 'La liste s’actualise toutes les cinq secondes.',
  kept: 'Les {perDocument} derniers de chaque document et {inAll} en tout sont gardés jusqu’au redémarrage du serveur.',

  list: 'Rappels',
  emptyTitle: 'Aucun rappel pour l’instant',
  emptyText:
    'Dès que quelqu’un ouvre un document dont la configuration a un callbackUrl, il apparaît ici.',
  emptyFiltered: 'Aucun rappel ne correspond à ce choix',

  status_1: 'En cours d’édition',
  status_2: 'Prêt à être enregistré',
  status_3: 'Échec de l’enregistrement',
  status_4: 'Fermé sans modification',
  status_6: 'Enregistré en cours d’édition',
  status_7: 'Échec de l’enregistrement forcé',
  status_other: 'Statut {status}',

  taken: 'Accepté',
  failed: 'Échec',
  attempt: 'Essai {attempt}',
  replayed: 'Renvoyé à la main',
  milliseconds: '{time} ms',
  seconds: '{time} s',

  toDo: 'Que faire',
  code: 'Code',
  tenant: 'Client',
  key: 'Clé du document',
  address: 'Envoyé à',
  when: 'Quand',
  took: 'Durée',
  requests: 'Requêtes, une par secret',
  replayOf: 'Répète',
  answer: 'Réponse',
  answerNone: 'Aucune n’est venue.',
  answerEmpty: 'Le corps est vide.',
  answerStatus: 'Statut {status}',
  answerCut: 'Seul le début est gardé.',
  fields: 'Rappel',
  fieldsHint: 'Sans son jeton, et sans les paramètres des adresses.',

  replay: 'Renvoyer',
  replaying: 'Envoi…',
  replayConfirm:
    'L’application enregistrera de nouveau ce fichier, par-dessus un plus récent si elle en a un. L’envoyer quand même ?',
  replayYes: 'Oui, l’envoyer',
  replayNo: 'Annuler',
  replayTooLarge: 'Il était trop grand pour être gardé et ne peut donc pas être renvoyé.',
  replayTaken: 'L’application l’a accepté.',
  replayFailed: 'L’application ne l’a pas accepté.',

  failedTitle: 'Pas de réponse',
  failure_denied: 'Le serveur ne répond plus à cette page. Rechargez-la.',
  failure_tooMany:
    'Trop de mots de passe étaient faux. Attendez une minute, puis rechargez la page.',
  failure_unreachable:
    'Le serveur est injoignable. Vérifiez qu’il fonctionne ; la liste s’actualise d’elle-même.',
  failure_broken: 'Le serveur n’a pas pu répondre. Consultez son journal.',
  failure_unknown: 'Ce rappel n’est plus gardé. Actualisez la liste.',
  failure_gone:
    'Le fichier que nomme ce rappel n’est plus gardé. Faites enregistrer le document de nouveau, par la commande forcesave ou par quelqu’un qui l’édite.',
  failure_busy: 'D’autres rappels sont en cours d’envoi. Réessayez quand ils auront leur réponse.',
};
