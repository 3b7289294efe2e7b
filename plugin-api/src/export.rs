//! The macro that turns a type into a plugin.

/// Exports `$plugin`, which implements [`Plugin`](crate::Plugin), as the plugin of this library.
///
/// `$json` is the path of its description, relative to the source file, usually
/// `"../plugin.json"`. The text goes into the library's ELF note and its table. With
/// `cargo test` it is compared with the code: the JSON Schema of the configuration and the
/// version must fit (`UPDATE_EXPECT=1 cargo test` writes the schema). That test needs
/// `plugin-api` with the feature `testing` among the `dev-dependencies`.
///
/// One plugin per library: the exported symbol has a fixed name.
#[macro_export]
macro_rules! collector_plugin {
    ($plugin:ty, $json:literal) => {
        impl $crate::Described for $plugin {
            const DESCRIPTION: &'static str = include_str!($json);
        }

        const _: () = {
            const DESCRIPTION: &str = <$plugin as $crate::Described>::DESCRIPTION;

            #[used]
            #[unsafe(link_section = ".note.collector")]
            static NOTE: $crate::abi::Note<{ (DESCRIPTION.len() + 3) & !3 }> =
                $crate::abi::Note::new(DESCRIPTION);

            static TABLE: $crate::abi::PluginTable = $crate::runtime::table::<$plugin>();

            #[unsafe(no_mangle)]
            extern "C" fn collector_plugin_entry_v1() -> *const $crate::abi::PluginTable {
                &raw const TABLE
            }
        };

        #[cfg(test)]
        #[test]
        fn the_description_fits_the_code() {
            $crate::testing::check_description::<$plugin>(
                concat!(env!("CARGO_MANIFEST_DIR"), "/src/", $json),
                env!("CARGO_PKG_VERSION"),
            );
        }
    };
}
