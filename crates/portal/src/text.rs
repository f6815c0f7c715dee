//! Every sentence of the pages, in both languages.

/// Declares the catalogue: a field per sentence, so that a missing one does not compile.
macro_rules! catalogue {
    ($($key:ident: $english:literal, $french:literal;)+) => {
        #[derive(Debug)]
        pub(crate) struct Text {
            $(pub(crate) $key: &'static str,)+
        }

        pub(crate) static EN: Text = Text { $($key: $english,)+ };
        pub(crate) static FR: Text = Text { $($key: $french,)+ };

        #[cfg(test)]
        impl Text {
            pub(crate) fn entries(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($key), self.$key),)+]
            }
        }
    };
}

catalogue! {
    product: "Recto", "Recto";
    skip: "Skip to the content", "Aller au contenu";
    language: "Language", "Langue";
    sign_out: "Sign out", "Se déconnecter";
    back_to_files: "All files", "Tous les fichiers";
    cancel: "Cancel", "Annuler";

    sign_in: "Sign in", "Se connecter";
    sign_in_title: "Sign in to your documents", "Accédez à vos documents";
    sign_in_intro: "Write, calculate and present together, in the browser.", "Rédigez, calculez et présentez ensemble, dans le navigateur.";
    user: "User name", "Nom d’utilisateur";
    password: "Password", "Mot de passe";
    sample_accounts: "Sample accounts", "Comptes d’exemple";
    sample_intro: "This is a demonstration. Every sample account has the password {password}.", "Ceci est une démonstration. Chaque compte d’exemple a le mot de passe {password}.";
    sign_in_as: "Sign in as {name}", "Se connecter en tant que {name}";
    sample_writer: "writes and shares", "rédige et partage";
    sample_viewer: "reads only what is shared", "lit seulement ce qui est partagé";
    wrong_password: "This user name and password do not match. Check both and try again.", "Ce nom d’utilisateur et ce mot de passe ne correspondent pas. Vérifiez-les et réessayez.";
    too_many: "There were too many failed attempts. Wait {seconds} seconds and try again.", "Il y a eu trop d’essais infructueux. Attendez {seconds} secondes et réessayez.";

    files: "Files", "Fichiers";
    new_docx: "Document", "Document texte";
    new_xlsx: "Spreadsheet", "Classeur";
    new_pptx: "Presentation", "Présentation";
    new: "New", "Nouveau";
    upload: "Upload a file", "Importer un fichier";
    upload_send: "Upload", "Importer";
    upload_choose: "Choose a file to upload", "Choisissez un fichier à importer";
    upload_drop: "Drop the file to upload it", "Déposez le fichier pour l’importer";
    uploading: "Uploading… {percent} %", "Importation… {percent} %";
    upload_lost: "The upload was interrupted. Check your connection and upload the file again.", "L’importation a été interrompue. Vérifiez votre connexion et importez de nouveau le fichier.";
    untitled_docx: "Untitled document", "Document sans titre";
    untitled_xlsx: "Untitled spreadsheet", "Classeur sans titre";
    untitled_pptx: "Untitled presentation", "Présentation sans titre";
    name: "Name", "Nom";
    owner: "Owner", "Propriétaire";
    owner_you: "You", "Vous";
    changed: "Last changed", "Dernière modification";
    versions: "Versions", "Versions";
    may_edit: "Can edit", "Peuvent modifier";
    actions: "Actions", "Actions du fichier";
    view_only: "View only", "Lecture seule";
    comments_only: "Comments only", "Commentaires seulement";
    fields_only: "Fields only", "Champs seulement";
    proposals_only: "Proposals only", "Propositions seulement";
    download: "Download", "Télécharger";
    share: "Share", "Partager";
    delete: "Delete", "Supprimer";
    open_named: "Open {name}", "Ouvrir {name}";
    download_named: "Download {name}", "Télécharger {name}";
    versions_named: "Versions of {name}", "Versions de {name}";
    share_named: "Share {name}", "Partager {name}";
    delete_named: "Delete {name}", "Supprimer {name}";
    empty_title: "Nothing here yet", "Rien ici pour l’instant";
    empty_hint: "Start a new document above, or upload one that you have.", "Créez un document ci-dessus, ou importez-en un que vous avez.";
    one_version: "1 version", "1 version";
    count_versions: "{count} versions", "{count} versions";
    accepted: "Word, Excel, PowerPoint and OpenDocument files up to 100 MB", "Fichiers Word, Excel, PowerPoint et OpenDocument jusqu’à 100 Mo";

    done_uploaded: "The file is uploaded.", "Le fichier est importé.";
    done_deleted: "The file is deleted.", "Le fichier est supprimé.";
    done_shared: "The rights are saved.", "Les droits sont enregistrés.";
    done_restored: "The old version is the newest one again.", "L’ancienne version est de nouveau la plus récente.";

    version_number: "Version {number}", "Version {number}";
    current: "Current", "Actuelle";
    restore: "Restore", "Restaurer";
    restore_named: "Restore version {number}", "Restaurer la version {number}";
    download_version: "Download version {number}", "Télécharger la version {number}";
    by: "by {name}", "par {name}";
    versions_intro: "Every save is kept. Restoring adds the old content as a new version, and nothing is lost.", "Chaque enregistrement est conservé. Restaurer ajoute l’ancien contenu comme nouvelle version, et rien n’est perdu.";
    origin_uploaded: "Uploaded", "Importée";
    origin_created: "Created", "Créée";
    origin_edited: "Edited", "Modifiée";
    origin_force_saved: "Saved while editing", "Enregistrée pendant la modification";
    origin_recovered: "Recovered after a failed save", "Récupérée après un échec d’enregistrement";
    origin_restored: "Restored from version {number}", "Restaurée à partir de la version {number}";

    rights_title: "Who may see and edit", "Qui peut voir et modifier";
    rights_intro: "You own this file and can always edit it.", "Ce fichier est à vous et vous pouvez toujours le modifier.";
    right_none: "No access", "Aucun accès";
    right_view: "Can view", "Peut voir";
    right_comment: "Can comment", "Peut commenter";
    right_fill: "Can fill in fields", "Peut remplir les champs";
    right_review: "Can propose changes", "Peut proposer des modifications";
    right_edit: "Can edit", "Peut modifier";
    rights_save: "Save", "Enregistrer";

    delete_title: "Delete “{name}”?", "Supprimer « {name} » ?";
    delete_intro: "The file and all its versions are removed for everybody. This cannot be undone.", "Le fichier et toutes ses versions sont supprimés pour tout le monde. Cette action est définitive.";
    delete_confirm: "Delete for good", "Supprimer définitivement";

    editor_loading: "Opening the document…", "Ouverture du document…";
    editor_slow: "The document server takes unusually long to answer. It may be starting up; wait a moment, or reload the page.", "Le serveur de documents met plus de temps que d’habitude à répondre. Il démarre peut-être ; patientez un instant, ou rechargez la page.";
    editor_down: "The editor cannot be loaded", "L’éditeur ne peut pas être chargé";
    editor_down_message: "The document server at {address} does not answer, so the document cannot be opened here.", "Le serveur de documents à l’adresse {address} ne répond pas, le document ne peut donc pas être ouvert ici.";
    editor_down_hint: "Check that the document server is running and that this browser reaches {address}/healthcheck, then try again. Your file is safe and can be downloaded.", "Vérifiez que le serveur de documents fonctionne et que ce navigateur atteint {address}/healthcheck, puis réessayez. Votre fichier est en sécurité et peut être téléchargé.";
    editor_retry: "Try again", "Réessayer";
    editor_noscript: "The editor needs JavaScript. Allow it for this site, or download the file.", "L’éditeur a besoin de JavaScript. Autorisez-le pour ce site, ou téléchargez le fichier.";

    not_found: "This page does not exist", "Cette page n’existe pas";
    not_found_message: "There is no such file or page, or it is not shared with you.", "Ce fichier ou cette page n’existe pas, ou n’est pas partagé avec vous.";
    not_found_hint: "Go back to your files, or ask the file’s owner to share it with you.", "Revenez à vos fichiers, ou demandez au propriétaire du fichier de le partager avec vous.";
    forbidden: "You may not do this", "Vous n’avez pas ce droit";
    forbidden_message: "Your rights on this file do not permit what you asked for.", "Votre droit sur ce fichier ne permet pas cette action.";
    forbidden_hint: "Ask {owner}, who owns the file, to change your rights.", "Demandez à {owner}, propriétaire du fichier, de modifier vos droits.";
    stale: "This form is no longer valid", "Ce formulaire n’est plus valable";
    stale_message: "The form was opened before you signed in, or it was sent from another site.", "Le formulaire a été ouvert avant votre connexion, ou envoyé depuis un autre site.";
    stale_hint: "Go back, reload the page and send the form again.", "Revenez en arrière, rechargez la page et envoyez de nouveau le formulaire.";
    bad_request: "The request was not understood", "La demande n’a pas été comprise";
    bad_request_message: "The form was incomplete, or in a format that the portal does not know.", "Le formulaire a été envoyé incomplet ou sous une forme que le portail ne connaît pas.";
    bad_request_hint: "Go back, reload the page and try again.", "Revenez en arrière, rechargez la page et réessayez.";
    internal: "Something went wrong here", "Un problème est survenu ici";
    internal_message: "The portal could not finish what you asked for, and the reason is in its log.", "Le portail n’a pas pu terminer votre demande, et la raison figure dans son journal.";
    internal_hint: "Try again in a moment, and tell the operator if it happens again.", "Réessayez dans un instant, et prévenez l’administrateur si cela se reproduit.";

    upload_refused: "The file was not uploaded", "Le fichier n’a pas été importé";
    no_file_message: "No file was chosen.", "Aucun fichier n’a été choisi.";
    no_file_hint: "Choose a file and upload it again.", "Choisissez un fichier et recommencez.";
    too_large_message: "The file is larger than 100 MB.", "Le fichier dépasse 100 Mo.";
    too_large_hint: "Make it smaller, for example by compressing its pictures, and upload it again.", "Réduisez-le, par exemple en compressant ses images, puis recommencez.";
    type_message: "Files of the type “{found}” cannot be opened here.", "Les fichiers de type « {found} » ne peuvent pas être ouverts ici.";
    type_hint: "Save it as DOCX, XLSX, PPTX, ODT, ODS or ODP first, and upload that file.", "Enregistrez-le d’abord en DOCX, XLSX, PPTX, ODT, ODS ou ODP, et importez ce fichier.";
    no_type: "without extension", "sans extension";
    mismatch_message: "The file is called {expected}, but its content is something else.", "Le fichier s’appelle {expected}, mais son contenu est autre chose.";
    mismatch_hint: "Open it with the program that made it, save it again as {expected}, and upload that file.", "Ouvrez-le avec le programme qui l’a créé, enregistrez-le de nouveau en {expected}, et importez ce fichier.";
    empty_file_message: "The file is empty.", "Le fichier est vide.";
    empty_file_hint: "Check the file on your computer and upload it again.", "Vérifiez le fichier sur votre ordinateur et recommencez.";
    broken_upload_message: "The upload stopped before the file was complete.", "L’importation s’est arrêtée avant la fin du fichier.";
    broken_upload_hint: "Check your connection and upload the file again.", "Vérifiez votre connexion et recommencez.";
}
